import type { Kysely } from 'kysely';
import { prepared } from './prepared.ts';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** Who did something. */
export type StepActor =
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly userName: string | null;
      readonly projectId: string;
    }
  /** The agent of the step's host. */
  | { readonly kind: 'agent' };

/** What was done, to what, and what became of it. */
export interface NewStep {
  /** ISO 8601, UTC. By the clock of whoever did it. */
  readonly at: string;
  readonly actor: StepActor;
  /** Why: the id of the request, or what an agent was doing. */
  readonly cause: string;
  /** For programs: `set-vf`, `PUT ports/:id`. */
  readonly action: string;
  /** For people. */
  readonly text: string;
  readonly object: { readonly kind: string; readonly id: string } | null;
  readonly hostId: string | null;
  readonly pf: string | null;
  readonly vfIndex: number | null;
  readonly portId: string | null;
  readonly attachmentId: string | null;
  /** null: it was done. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** An entry of the audit log. */
export interface StoredStep extends NewStep {
  /** Later entries have higher ones; of what is told late, `at` is earlier all the same. */
  readonly id: number;
  /** Of the write that put it into the log. */
  readonly revision: number;
}

/** A place in the log of one life of an agent. */
export interface StepOrigin {
  readonly log: string;
  /** Of the first of the steps. */
  readonly place: number;
}

/** What followers of the audit log look for among the changes; its subject is the host, or stands for requests. */
export const STEP_CHANGE = 'step';

/** Which entries; null: any. */
export interface StepQuery {
  readonly hostId: string | null;
  readonly pf: string | null;
  readonly vfIndex: number | null;
  readonly portId: string | null;
  /** `agent`, `user`, or the id or name of a user. */
  readonly actor: string | null;
  /** An error code; `any`: all that failed; `none`: all that were done. */
  readonly code: string | null;
  /** ISO 8601 UTC: not before. */
  readonly since: string | null;
  /** ISO 8601 UTC: before. */
  readonly until: string | null;
  /** Behind this one in the list. */
  readonly before: Pick<StoredStep, 'at' | 'id'> | null;
  readonly limit: number;
}

/** What followers look for when requests came into the log. */
const REQUESTS = 'requests';

/** Puts entries into the log. */
export async function insertSteps(write: Write, steps: readonly NewStep[]): Promise<void> {
  if (steps.length === 0) return;
  const newest = await readNewestStep(write.db);
  const rows = steps.map((step, index) => ({ ...columnsOf(write, step, null), id: newest + 1 + index }));
  await INSERT(write.db, rows);
  write.changed(STEP_CHANGE, REQUESTS);
}

const INSERT = prepared((db, rows: readonly Schema['step'][]) => db.insertInto('step').values(rows));

/** Puts what an agent tells into the log; what is there already is left as it is. */
export async function insertToldSteps(
  write: Write,
  steps: readonly NewStep[],
  { log, place }: StepOrigin,
): Promise<void> {
  if (steps.length === 0) return;
  const newest = await readNewestStep(write.db);
  const rows = steps.map((step, index) => ({
    ...columnsOf(write, step, { log, place: place + index }),
    id: newest + 1 + index,
  }));
  const kept = await write.db
    .insertInto('step')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning('host_id')
    .execute();
  for (const { host_id: hostId } of kept) if (hostId !== null) write.changed(STEP_CHANGE, hostId);
}

/** Entries, the latest first. */
export async function listSteps(db: Kysely<Schema>, query: StepQuery): Promise<readonly StoredStep[]> {
  const { hostId, pf, vfIndex, portId, actor, code, since, until, before, limit } = query;
  let select = db.selectFrom('step').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit);
  if (hostId !== null) select = select.where('host_id', '=', hostId);
  if (pf !== null) select = select.where('pf', '=', pf);
  if (vfIndex !== null) select = select.where('vf_index', '=', vfIndex);
  if (portId !== null) select = select.where('port_id', '=', portId);
  if (actor === 'agent' || actor === 'user') select = select.where('actor', '=', actor);
  else if (actor !== null)
    select = select.where((any) => any.or([any('user_id', '=', actor), any('user_name', '=', actor)]));
  if (code === 'none') select = select.where('code', 'is', null);
  else if (code === 'any') select = select.where('code', 'is not', null);
  else if (code !== null) select = select.where('code', '=', code);
  if (since !== null) select = select.where('at', '>=', since);
  if (until !== null) select = select.where('at', '<', until);
  if (before !== null) {
    select = select
      .where('at', '<=', before.at)
      .where((any) => any.or([any('at', '<', before.at), any('id', '<', before.id)]));
  }
  return (await select.execute()).map(stepOfRow);
}

/** Entries of the writes from one to another, in their order. */
export async function listStepsOfWrites(
  db: Kysely<Schema>,
  first: number,
  last: number,
): Promise<readonly StoredStep[]> {
  const rows = await db
    .selectFrom('step')
    .selectAll()
    .where('revision', '>=', first)
    .where('revision', '<=', last)
    .orderBy('id')
    .execute();
  return rows.map(stepOfRow);
}

/** The place of the latest entry; 0: there is none. */
async function readNewestStep(db: Kysely<Schema>): Promise<number> {
  const row = await db.selectFrom('step').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.id ?? 0;
}

function columnsOf(
  { revision }: Write,
  { actor, object, error, hostId, vfIndex, portId, attachmentId, ...step }: NewStep,
  origin: StepOrigin | null,
) {
  const user = actor.kind === 'user' ? actor : null;
  return {
    ...step,
    revision,
    actor: actor.kind,
    user_id: user?.userId ?? null,
    user_name: user?.userName ?? null,
    project_id: user?.projectId ?? null,
    object_kind: object?.kind ?? null,
    object_id: object?.id ?? null,
    host_id: hostId,
    vf_index: vfIndex,
    port_id: portId,
    attachment_id: attachmentId,
    code: error?.code ?? null,
    message: error?.message ?? null,
    log: origin?.log ?? null,
    place: origin?.place ?? null,
  };
}

function stepOfRow(row: Schema['step']): StoredStep {
  return {
    id: row.id,
    revision: row.revision,
    at: row.at,
    actor:
      row.actor === 'agent'
        ? { kind: 'agent' }
        : {
            kind: 'user',
            userId: row.user_id ?? '',
            userName: row.user_name,
            projectId: row.project_id ?? '',
          },
    cause: row.cause,
    action: row.action,
    text: row.text,
    object: row.object_kind === null ? null : { kind: row.object_kind, id: row.object_id ?? '' },
    hostId: row.host_id,
    pf: row.pf,
    vfIndex: row.vf_index,
    portId: row.port_id,
    attachmentId: row.attachment_id,
    error: row.code === null ? null : { code: row.code, message: row.message ?? '' },
  };
}
