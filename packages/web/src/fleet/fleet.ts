import {
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
import { isSriovError, type SriovError, toSriovError } from '@virtfn/model';
import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { attachmentsAfter, documentAfter } from './apply-event.ts';

/** How what is shown relates to what is so. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** What is shown may be old; `since`: milliseconds since 1970. */
  | { readonly kind: 'lost'; readonly since: number }
  /** Nothing is shown to whoever does not say who he is. */
  | { readonly kind: 'refused'; readonly error: SriovError };

export interface HostRow {
  readonly summary: HostSummary;
  readonly isAlive: boolean;
}

/** All of one host. */
export interface HostDetail {
  readonly document: HostDocument;
  readonly attachments: readonly AttachmentDocument[];
}

/** Hears what changes; `reset`: something may have been missed, and is to be looked at anew. */
export type FleetListener = (event: FleetEvent | Pick<ResetEvent, 'kind'>) => void;

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

  /** Follows what changes until the signal fires. */
  async follow(abort: AbortSignal): Promise<void> {
    const { streamTransport, now, sleep } = this.#options;
    const lose = (): void => {
      if (this.link.value.kind !== 'lost') this.link.value = { kind: 'lost', since: now() };
    };
    while (!abort.aborted) {
      try {
        // What changes while all is read is told again.
        const { revision: since } = await this.client.call('about', {}, null);
        await this.#readAll();
        const query = { since };
        const events = followEvents({
          transport: streamTransport,
          query,
          signal: abort,
          sleep,
          onLost: lose,
        });
        for await (const event of events) {
          await this.#take(event);
          this.link.value = { kind: 'live' };
        }
      } catch (thrown) {
        const error = toSriovError(thrown);
        if (isSriovError(error, 'CONTROLLER_UNREACHABLE')) lose();
        else this.link.value = { kind: 'refused', error };
      }
      await sleep(RETRY_MS, abort);
    }
  }

  async #readAll(): Promise<void> {
    const [{ hosts }, { steps }] = await Promise.all([
      this.client.call('listHosts', {}, null),
      this.client.call('listSteps', {}, null, { limit: 50 }),
    ]);
    batch(() => {
      this.hosts.value = new Map(
        hosts.map(({ isAlive, ...summary }) => [summary.hostId, { summary, isAlive }]),
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

  async #take(event: FleetEvent | ResetEvent): Promise<void> {
    if (event.kind !== 'reset') this.#tell(event);
    switch (event.kind) {
      case 'reset':
        return this.#readAll();
      case 'host':
        return this.#takeHost(event);
      case 'attachment':
        return this.#changeDetail(event.hostId, ({ document, attachments }) => ({
          document,
          attachments: attachmentsAfter(attachments, event),
        }));
      case 'step':
        this.steps.value = [event.view, ...this.steps.value].slice(0, MOST_STEPS);
        return;
      default:
    }
  }

  async #takeHost({ id, view }: Extract<FleetEvent, { kind: 'host' }>): Promise<void> {
    const hosts = new Map(this.hosts.value);
    if (view === null) hosts.delete(id);
    else hosts.set(id, { summary: view.summary, isAlive: view.isAlive });
    this.hosts.value = hosts;
    const changed = view?.changed ?? null;
    if (changed === null) return this.#readHost(id);
    this.#changeDetail(id, (detail) => ({ ...detail, document: documentAfter(detail.document, changed) }));
  }

  #changeDetail(hostId: string | null, change: (detail: HostDetail) => HostDetail): void {
    const detail = hostId === null ? undefined : this.#details.get(hostId);
    const before = detail?.value;
    if (hostId !== null && this.#reading.has(hostId)) this.#outdated.add(hostId);
    if (detail === undefined || before === null || before === undefined || before instanceof Error) return;
    detail.value = change(before);
  }
}

const RETRY_MS = 2000;
