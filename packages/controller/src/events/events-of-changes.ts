import { type FleetEvent, SHOWN_OBJECTS } from '@virtfn/contract';
import { hostDifferences, summaryOfHost } from '@virtfn/contract/inventory';
import { type LiveFleet, viewOfAttachment } from '../inventory/index.ts';
import {
  ATTACHMENT_CHANGE,
  type AttachmentDocument,
  type PortDocument,
  readAttachments,
  shownObject,
} from '../neutron/index.ts';
import {
  AGENT_CHANGE,
  type Change,
  DESIRED_CHANGE,
  listObjects,
  listStepsOfWrites,
  readAudiences,
  STEP_CHANGE,
  type Store,
  type StoredHost,
  TOKEN_CHANGE,
} from '../store/index.ts';
import { viewOfStep } from '../audit/index.ts';
import { FeedEvent } from './feed-event.ts';

export interface EventSource {
  readonly store: Store;
  readonly fleet: LiveFleet;
  /** Hosts as they were told of last; null: they are told of as if for the first time. */
  readonly before: Map<string, StoredHost> | null;
}

type ShownKind = (typeof SHOWN_OBJECTS)[number];
const SHOWN: ReadonlySet<string> = new Set(SHOWN_OBJECTS);

const NOBODY: ReadonlySet<string> = new Set();

/** What is told elsewhere, or to nobody. */
const SILENT: ReadonlySet<string> = new Set([DESIRED_CHANGE, STEP_CHANGE, TOKEN_CHANGE]);

/**
 * The events of some changes, in their order, with what is so now: of several changes of one thing the last one counts.
 *
 * @throws {SriovError} STORE_FAILED
 */
export async function eventsOfChanges(
  source: EventSource,
  changes: readonly Change[],
): Promise<readonly FeedEvent[]> {
  const told = latestOf(changes).filter(({ kind }) => !SILENT.has(kind));
  const byKind = Map.groupBy(told, ({ kind }) => kind);
  const events: FeedEvent[] = [];
  for (const [kind, ofKind] of byKind) events.push(...(await eventsOfKind(source, kind, ofKind)));
  events.push(...(await stepEvents(source, changes)));
  return events.toSorted((a, b) => (a.revision ?? 0) - (b.revision ?? 0));
}

/** The last change of each thing, with all who have lost sight of it. */
function latestOf(changes: readonly Change[]): readonly Change[] {
  const latest = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.kind}/${change.subject}`;
    const before = latest.get(key)?.hiddenFrom ?? [];
    latest.set(key, { ...change, hiddenFrom: [...before, ...change.hiddenFrom] });
  }
  return [...latest.values()];
}

async function eventsOfKind(
  source: EventSource,
  kind: string,
  changes: readonly Change[],
): Promise<readonly FeedEvent[]> {
  if (kind === 'host') return hostEvents(source, changes);
  if (kind === AGENT_CHANGE) return agentEvents(source, changes);
  if (kind === ATTACHMENT_CHANGE) return attachmentEvents(source, changes);
  if (isShown(kind)) return objectEvents(source, kind, changes);
  const isThere = await idsOf(source.store, kind, changes);
  return changes.map(({ revision, at, subject, projectId }) => {
    const isGone = !isThere.has(subject);
    const event = { kind: 'object', revision, at, id: `${kind}/${subject}`, hostId: null, isGone } as const;
    return new FeedEvent(
      event,
      projectId === null ? null : { projectId, shownTo: NOBODY, hiddenFrom: NOBODY },
      () => event,
    );
  });
}

const isShown = (kind: string): kind is ShownKind => SHOWN.has(kind);

async function hostEvents(
  { fleet, before }: EventSource,
  changes: readonly Change[],
): Promise<readonly FeedEvent[]> {
  await fleet.settled();
  return changes.flatMap(({ revision, at, subject: id }) => {
    const stored = fleet.report(id);
    const former = before?.get(id);
    if (stored === undefined) before?.delete(id);
    else before?.set(id, stored);
    return [
      hostEvent(fleet, { revision, at, id }, stored, former),
      ...findingEvents({ revision, at, id }, stored, former),
    ];
  });
}

/** When, and about which host. */
interface Occasion {
  readonly revision: number | null;
  readonly at: string;
  readonly id: string;
}

/** @param stored null or undefined: it is no longer known */
export function hostEvent(
  fleet: LiveFleet,
  occasion: Occasion,
  stored: StoredHost | undefined,
  former: StoredHost | undefined,
): FeedEvent {
  const view =
    stored === undefined
      ? null
      : {
          summary: summaryOfHost(stored),
          isAlive: fleet.isAlive(occasion.id),
          changed: former === undefined ? null : hostDifferences(former, stored),
        };
  const event = { kind: 'host', ...occasion, hostId: occasion.id, view } as const;
  return new FeedEvent(event, null, () => event);
}

function findingEvents(
  occasion: Occasion,
  stored: StoredHost | undefined,
  former: StoredHost | undefined,
): readonly FeedEvent[] {
  const findings = stored?.findings ?? [];
  if (former !== undefined && JSON.stringify(former.findings) === JSON.stringify(findings)) return [];
  const event: Extract<FleetEvent, { kind: 'finding' }> = {
    kind: 'finding',
    ...occasion,
    hostId: occasion.id,
    projectId: null,
    view: { findings: [...findings] },
  };
  return [new FeedEvent(event, null, () => event)];
}

async function agentEvents(
  { fleet }: EventSource,
  changes: readonly Change[],
): Promise<readonly FeedEvent[]> {
  await fleet.settled();
  return changes.map(({ revision, at, subject: id }) => {
    const agent = fleet.agents().get(id);
    const view =
      agent === undefined
        ? null
        : { version: agent.version, isConnected: agent.isConnected, isAlive: fleet.isAlive(id) };
    const event = { kind: 'agent', revision, at, id, hostId: id, view } as const;
    return new FeedEvent(event, null, () => event);
  });
}

async function attachmentEvents(
  { store, fleet }: EventSource,
  changes: readonly Change[],
): Promise<readonly FeedEvent[]> {
  const ids = changes.map(({ subject }) => subject);
  const found = await store.read('read attachments', (db) => readAttachments(db, ids));
  const byId = new Map(found.map((attachment: AttachmentDocument) => [attachment.id, attachment]));
  return changes.map(({ revision, at, subject: id }) => {
    const attachment = byId.get(id);
    const view = attachment === undefined ? null : viewOfAttachment(attachment, fleet);
    const event = { kind: 'attachment', revision, at, id, hostId: view?.hostId ?? null, view } as const;
    return new FeedEvent(event, null, () => event);
  });
}

async function objectEvents(
  { store }: EventSource,
  kind: ShownKind,
  changes: readonly Change[],
): Promise<readonly FeedEvent[]> {
  const ids = changes.map(({ subject }) => subject);
  const { bodies, audiences } = await store.read('read objects', async (db) => ({
    bodies: await listObjects(db, queryOf(kind, ids)),
    audiences: await readAudiences(db, kind, ids),
  }));
  const documents = bodies.map((body) => JSON.parse(body) as PortDocument);
  const byId = new Map(documents.map((document) => [document.id, document]));
  return changes.map(({ revision, at, subject: id, projectId, hiddenFrom }) => {
    const document = byId.get(id);
    const owner = document?.project_id ?? projectId;
    const host = document?.['binding:host_id'];
    const hostId = host === undefined || host === '' ? null : host;
    const shownTo = audiences.get(id) ?? NOBODY;
    return new FeedEvent(
      { kind, revision, hostId },
      owner === null ? null : { projectId: owner, shownTo, hiddenFrom: new Set(hiddenFrom) },
      (reader) => ({
        kind,
        revision,
        at,
        id,
        // Where a port is bound is for administrators.
        hostId: reader === 'admin' ? hostId : null,
        view: document === undefined || reader === 'former' ? null : shownObject(kind, document, reader),
      }),
    );
  });
}

async function idsOf(store: Store, kind: string, changes: readonly Change[]): Promise<ReadonlySet<string>> {
  const ids = changes.map(({ subject }) => subject);
  const bodies = await store.read('read objects', (db) => listObjects(db, queryOf(kind, ids)));
  return new Set(bodies.map((body) => (JSON.parse(body) as { readonly id: string }).id));
}

function queryOf(kind: string, ids: readonly string[]) {
  const where = [{ field: 'id', values: ids }];
  return { kind, visibleTo: null, where, after: null, order: 'asc', limit: null } as const;
}

async function stepEvents({ store }: EventSource, changes: readonly Change[]): Promise<readonly FeedEvent[]> {
  const revisions = new Set(
    changes.filter(({ kind }) => kind === STEP_CHANGE).map(({ revision }) => revision),
  );
  if (revisions.size === 0) return [];
  const all = await store.read('read the audit log', (db) =>
    listStepsOfWrites(db, Math.min(...revisions), Math.max(...revisions)),
  );
  return all
    .filter(({ revision }) => revisions.has(revision))
    .map((step) => {
      const { revision, at, hostId } = step;
      const event = {
        kind: 'step',
        revision,
        at,
        id: String(step.id),
        hostId,
        view: viewOfStep(step),
      } as const;
      return new FeedEvent(event, null, () => event);
    });
}
