import {
  type About,
  type AttachmentDocument,
  type AttachmentList,
  type AuditStep,
  Client,
  type FleetEvent,
  followEvents,
  type HostDocument,
  type HostSummary,
  type ResetEvent,
  type StreamTransport,
  type Transport,
} from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import { isSriovError, SriovError, toSriovError } from '@virtfn/model';
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { attachmentsAfter, documentAfter } from './apply-event.ts';
import { joinedSteps } from './joined-steps.ts';
import { type Viewer, viewerOf } from './viewer.ts';

/** How what is shown relates to what is so. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** What is shown may be old; `since`: milliseconds since 1970. */
  | { readonly kind: 'lost'; readonly since: number; readonly error: SriovError }
  /** Whoever looks has not proved who that is. */
  | { readonly kind: 'refused'; readonly error: SriovError };

export interface HostRow {
  readonly summary: HostSummary;
  readonly isAlive: boolean;
  /** Since when its agent has no session, ISO 8601; null: it has one. */
  readonly lostAt: string | null;
}

/** All of one host. */
export interface HostDetail {
  readonly document: HostDocument;
  readonly attachments: readonly AttachmentDocument[];
}

/**
 * The agent of a host is gone, or is back. Whether what a host has said is so follows from that when it is read, and of its
 * ports no event tells.
 */
interface TurnEvent {
  readonly kind: 'turn';
  readonly hostId: string;
}

/**
 * Hears what changes; `reset`: something may have been missed, and is to be looked at anew; `live`: a stream is open, and what
 * could not be read is to be read again.
 */
export type FleetListener = (
  event: FleetEvent | Pick<ResetEvent, 'kind'> | TurnEvent | { readonly kind: 'live' },
) => void;

export interface FleetOptions {
  readonly transport: Transport;
  readonly streamTransport: StreamTransport;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** So many steps are kept to be shown as what changed last. */
const MOST_STEPS = 500;

/** The fleet, as signals that pages read. */
export class Fleet {
  readonly link: Signal<Link> = signal<Link>({ kind: 'connecting' });
  /** What answers, and to whom; null: nobody knows yet. */
  readonly about: Signal<About | null> = signal<About | null>(null);
  /** null: nobody knows yet. */
  readonly viewer: ReadonlySignal<Viewer | null> = computed(() =>
    this.about.value === null ? null : viewerOf(this.about.value),
  );
  /** Whether whoever looks may change what is theirs; false, too, while nobody knows. */
  readonly mayWrite: ReadonlySignal<boolean> = computed(() => this.about.value?.asker.mayWrite ?? false);
  readonly hosts: Signal<ReadonlyMap<string, HostRow>> = signal<ReadonlyMap<string, HostRow>>(new Map());
  /** The latest first. */
  readonly steps: Signal<readonly AuditStep[]> = signal<readonly AuditStep[]>([]);
  readonly client: Client;
  readonly neutron: NeutronClient;
  readonly #options: FleetOptions;
  readonly #details = new Map<string, Signal<HostDetail | SriovError | null>>();
  /** Hosts that are being read. */
  readonly #reading = new Set<string>();
  /** Of those, the ones of which something was told since they were asked for. */
  readonly #outdated = new Set<string>();

  readonly #listeners = new Set<FleetListener>();

  constructor(options: FleetOptions) {
    this.#options = options;
    this.client = new Client(options.transport);
    this.neutron = new NeutronClient(options.transport);
  }

  /** Tells of every event as it comes. @returns stops it */
  onEvent(listener: FleetListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One host; null: it is being read. Kept up to date from then on. */
  host(hostId: string): ReadonlySignal<HostDetail | SriovError | null> {
    const known = this.#details.get(hostId);
    if (known !== undefined) return known;
    const detail = signal<HostDetail | SriovError | null>(null);
    this.#details.set(hostId, detail);
    void this.#readHost(hostId);
    return detail;
  }

  /** Follows what changes until the signal fires, or it is refused: then it is for whoever looks to say who he is. */
  async follow(abort: AbortSignal): Promise<void> {
    const { streamTransport, now, sleep } = this.#options;
    const lose = (thrown: unknown): void => {
      const { value: link } = this.link;
      const since = link.kind === 'lost' ? link.since : now();
      this.link.value = { kind: 'lost', since, error: toSriovError(thrown) };
    };
    while (!abort.aborted) {
      try {
        // What changes while all is read is told again.
        const about = await this.client.call('about', {}, null);
        this.#meet(about);
        await this.#readAll(abort);
        const query = { since: about.revision };
        let isFirst = true;
        const events = followEvents({
          transport: streamTransport,
          query,
          signal: abort,
          sleep,
          onLost: lose,
          onLive: () => {
            this.#goLive();
            if (!isFirst) void this.#readTurns(abort);
            isFirst = false;
          },
        });
        for await (const event of events) await this.#take(event, abort);
      } catch (thrown) {
        if (abort.aborted) return;
        if (isSriovError(thrown, 'AUTHENTICATION_FAILED')) {
          // Where users have passwords, a browser opens its window at every such answer, also for who has just closed it.
          this.link.value = { kind: 'refused', error: thrown };
          return;
        }
        lose(thrown);
      }
      await sleep(RETRY_MS, abort);
    }
  }

  /** What could not be read before is read now. */
  #goLive(): void {
    this.link.value = { kind: 'live' };
    this.#tell({ kind: 'live' });
    for (const [hostId, { value }] of this.#details) if (value instanceof Error) void this.#readHost(hostId);
  }

  /** Of a host that went or came back while no stream was open no event tells: time passes without a write. */
  async #readTurns(abort: AbortSignal): Promise<void> {
    if (this.viewer.value === 'member') return;
    const before = this.hosts.value;
    // Where that fails, the next stream asks again.
    const { hosts } = await this.client.call('listHosts', {}, null).catch(() => ({ hosts: [] }));
    if (abort.aborted) return;
    batch(() => {
      for (const { hostId, isAlive, lostAt } of hosts) {
        const row = this.hosts.value.get(hostId);
        // What was told meanwhile may be fresher.
        if (row === undefined || row !== before.get(hostId) || row.isAlive === isAlive) continue;
        this.#putRow(hostId, { ...row, isAlive, lostAt });
        void this.#readHost(hostId);
      }
    });
  }

  /** What was shown to one is not shown to another who signs in behind him. */
  #meet(about: About): void {
    const before = this.about.value;
    batch(() => {
      if (before !== null && !isSameAsker(before, about)) {
        this.hosts.value = new Map();
        this.steps.value = [];
        for (const detail of this.#details.values()) detail.value = null;
      }
      this.about.value = about;
    });
  }

  async #readAll(abort: AbortSignal): Promise<void> {
    // Hosts are for administrators: a member has networks and ports, which are read where they are shown.
    if (this.viewer.value === 'member') {
      this.link.value = { kind: 'live' };
      return this.#tell({ kind: 'reset' });
    }
    const [{ hosts }, { steps }] = await Promise.all([
      this.client.call('listHosts', {}, null),
      this.client.call('listSteps', {}, null, { limit: 50 }),
    ]);
    // Somebody else has signed in meanwhile, who may not be shown it.
    if (abort.aborted) return;
    batch(() => {
      this.hosts.value = new Map(
        hosts.map(({ isAlive, lostAt, ...summary }) => [summary.hostId, { summary, isAlive, lostAt }]),
      );
      this.steps.value = steps;
      this.link.value = { kind: 'live' };
    });
    this.#tell({ kind: 'reset' });
    await Promise.all([...this.#details.keys()].map((hostId) => this.#readHost(hostId)));
  }

  async #readHost(hostId: string): Promise<void> {
    const detail = this.#details.get(hostId);
    if (detail === undefined) return;
    if (this.#reading.has(hostId)) {
      this.#outdated.add(hostId);
      return;
    }
    this.#reading.add(hostId);
    try {
      let read: HostDetail;
      do {
        this.#outdated.delete(hostId);
        const [document, attachments] = await Promise.all([
          this.client.call('getHost', { hostId }, null),
          this.#readAttachments(hostId),
        ]);
        read = { document, attachments };
        // Something was told meanwhile, and nobody knows whether it is in what was read.
      } while (this.#outdated.has(hostId));
      detail.value = read;
    } catch (thrown) {
      detail.value = toSriovError(thrown);
    } finally {
      this.#reading.delete(hostId);
    }
  }

  async #readAttachments(hostId: string): Promise<readonly AttachmentDocument[]> {
    const all: AttachmentDocument[] = [];
    let marker: string | null = null;
    do {
      const page = { host: hostId, limit: 1000, ...(marker === null ? {} : { marker }) };
      const answer: AttachmentList = await this.client.call('listAttachments', {}, null, page);
      all.push(...answer.attachments);
      marker = answer.next;
    } while (marker !== null);
    return all;
  }

  #tell(event: Parameters<FleetListener>[0]): void {
    for (const listener of this.#listeners) listener(event);
  }

  async #take(event: FleetEvent | ResetEvent, abort: AbortSignal): Promise<void> {
    if (event.kind !== 'reset') this.#tell(event);
    switch (event.kind) {
      case 'reset':
        return this.#readAll(abort);
      case 'host':
        return this.#takeHost(event);
      case 'agent':
        return this.#takeAgent(event);
      case 'attachment':
        return this.#changeDetail(event.hostId, ({ document, attachments }) => ({
          document,
          attachments: attachmentsAfter(attachments, event),
        }));
      case 'step':
        // What was read may go beyond the revision from which events are told.
        this.steps.value = joinedSteps([event.view], this.steps.value).slice(0, MOST_STEPS);
        return;
      default:
    }
  }

  async #takeHost({ id, view }: Extract<FleetEvent, { kind: 'host' }>): Promise<void> {
    if (view === null) return this.#forgetHost(id);
    const { summary, isAlive, changed } = view;
    const lostAt = this.hosts.value.get(id)?.lostAt ?? null;
    const hasTurned = this.#putRow(id, { summary, isAlive, lostAt });
    if (changed === null || this.#details.get(id)?.value instanceof Error) return this.#readHost(id);
    this.#changeDetail(id, ({ document, attachments }) => ({
      document: documentAfter(document, changed, summary.reportedAt),
      attachments,
    }));
    if (hasTurned) void this.#readHost(id);
  }

  /** @returns whether its agent has gone, or is back */
  #putRow(hostId: string, row: HostRow): boolean {
    const before = this.hosts.value.get(hostId);
    this.hosts.value = new Map(this.hosts.value).set(hostId, row);
    const hasTurned = before !== undefined && before.isAlive !== row.isAlive;
    if (hasTurned) this.#tell({ kind: 'turn', hostId });
    return hasTurned;
  }

  /** It was taken out of the fleet. */
  #forgetHost(hostId: string): void {
    const hosts = new Map(this.hosts.value);
    hosts.delete(hostId);
    this.hosts.value = hosts;
    const detail = this.#details.get(hostId);
    if (detail !== undefined)
      detail.value = new SriovError('HOST_UNKNOWN', `Host ${hostId} is in the fleet no more`);
  }

  #takeAgent({ id, at, view }: Extract<FleetEvent, { kind: 'agent' }>): void {
    const row = this.hosts.value.get(id);
    if (row === undefined || view === null) return;
    const lostAt = view.isConnected ? null : (row.lostAt ?? at);
    if (this.#putRow(id, { ...row, isAlive: view.isAlive, lostAt })) void this.#readHost(id);
  }

  #changeDetail(hostId: string | null, change: (detail: HostDetail) => HostDetail): void {
    const detail = hostId === null ? undefined : this.#details.get(hostId);
    const before = detail?.value;
    if (hostId !== null && this.#reading.has(hostId)) this.#outdated.add(hostId);
    if (detail === undefined || before === null || before === undefined || before instanceof Error) return;
    detail.value = change(before);
  }
}

function isSameAsker(before: About, after: About): boolean {
  return before.serves === after.serves && JSON.stringify(before.asker) === JSON.stringify(after.asker);
}

const RETRY_MS = 2000;
