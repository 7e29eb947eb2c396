import type { LiveFleet } from '../inventory/index.ts';
import type { Change, Store, StoredHost } from '../store/index.ts';
import { eventsOfChanges, hostEvent } from './events-of-changes.ts';
import type { FeedEvent } from './feed-event.ts';

/** Events that came together. */
export interface EventBatch {
  /** All writes up to this one are told by now. */
  readonly upTo: number;
  readonly events: readonly FeedEvent[];
}

export interface EventFeedOptions {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
}

/** Writes of one go; the rest waits for the next one. */
const MOST_CHANGES = 2000;

/**
 * The one reader of the log of changes for all who listen. While nobody does, it only notes where it is.
 *
 *   store.watch ─▶ waiting changes ─▶ events, with what is so now ─▶ every listener
 */
export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #listeners = new Set<(batch: EventBatch) => void>();
  /** As it was told to listeners last. */
  readonly #hosts = new Map<string, StoredHost>();
  readonly #alive = new Map<string, boolean>();
  #waiting: Change[] = [];
  #working: Promise<void> | null = null;
  #position = 0;
  #unwatch: (() => void) | null = null;

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  /** @throws {SriovError} STORE_FAILED */
  async start(): Promise<void> {
    const { store } = this.#options;
    this.#unwatch = store.watch((changes) => {
      this.#waiting.push(...changes);
      this.#working ??= this.#work();
    });
    this.#position = Math.max(this.#position, await store.revision());
  }

  /** Resolves when what the store has told is told on. */
  async stop(): Promise<void> {
    this.#unwatch?.();
    await this.settled();
  }

  /** All writes up to this one are told by now. */
  get position(): number {
    return this.#position;
  }

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Resolves when what the store has told so far is told on. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Hears all events of writes behind `position`. Returns how to stop. */
  subscribe(listener: (batch: EventBatch) => void): () => void {
    if (this.#listeners.size === 0) this.#remember();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#hosts.clear();
    };
  }

  /** Tells of hosts that have gone or are back: time passes without a write. To be called every second or two. */
  tick(): void {
    if (this.#listeners.size === 0) return;
    const { fleet, now } = this.#options;
    const events: FeedEvent[] = [];
    for (const stored of fleet.reports()) {
      const id = stored.observed.hostId;
      const isAlive = fleet.isAlive(id);
      if (this.#alive.get(id) === isAlive) continue;
      if (this.#alive.has(id))
        events.push(hostEvent(fleet, { revision: null, at: now().toISOString(), id }, stored, stored));
      this.#alive.set(id, isAlive);
    }
    if (events.length > 0) this.#tell({ upTo: this.#position, events });
  }

  /** What is so when the first one comes: from then on differences are told. */
  #remember(): void {
    const { fleet } = this.#options;
    this.#hosts.clear();
    this.#alive.clear();
    for (const stored of fleet.reports()) {
      this.#hosts.set(stored.observed.hostId, stored);
      this.#alive.set(stored.observed.hostId, fleet.isAlive(stored.observed.hostId));
    }
  }

  async #work(): Promise<void> {
    const { store, fleet, onError } = this.#options;
    // What comes in the same turn is told together; and nobody would see that this was done before it had begun.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const changes = this.#takeWhole();
      const upTo = changes.at(-1)?.revision ?? this.#position;
      try {
        const events =
          this.#listeners.size === 0
            ? []
            : await eventsOfChanges({ store, fleet, before: this.#hosts }, changes);
        this.#position = Math.max(this.#position, upTo);
        if (events.length > 0) this.#tell({ upTo, events });
      } catch (error) {
        onError(error);
        // The store is away, and what is told now would have a gap: who listens goes on from where he is.
        this.#waiting.unshift(...changes);
        break;
      }
    }
    this.#working = null;
  }

  /** Some of the waiting changes; of each write all or none. */
  #takeWhole(): readonly Change[] {
    const last = this.#waiting[Math.min(MOST_CHANGES, this.#waiting.length) - 1]?.revision ?? 0;
    const end = this.#waiting.findIndex(({ revision }) => revision > last);
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  #tell(batch: EventBatch): void {
    for (const listener of this.#listeners) listener(batch);
  }
}
