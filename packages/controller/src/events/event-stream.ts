import type { AskedEvents } from '@virtfn/contract/serving';
import type { LiveFleet } from '../inventory/index.ts';
import { isOfThisHistory, readLogPosition, type Store } from '../store/index.ts';
import type { EventBatch, EventFeed } from './event-feed.ts';
import { eventsOfChanges } from './events-of-changes.ts';
import type { FeedEvent } from './feed-event.ts';

/** Where the text of a stream goes. */
export interface EventSink {
  /** Never waits: what the other end does not take yet is kept, and counts. */
  readonly write: (text: string) => void;
  /** How much is kept, bytes. */
  readonly backlog: () => number;
  /** Resolves when little is kept, or the other end is gone. */
  readonly drained: () => Promise<void>;
  readonly end: () => void;
}

/** Who listens, and to what. */
export interface Listener extends AskedEvents {
  readonly identity: { readonly isAdmin: boolean; readonly projectId: string };
}

export interface EventStreamOptions {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly feed: EventFeed;
}

/** Who is so far behind is cut off: bytes. */
const MOST_BACKLOG = 1024 * 1024;
/** Batches that come while the past is told. */
const MOST_PENDING = 1000;
const CHANGES_AT_ONCE = 500;

/** One listener: first what he has missed, then what comes. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #listener: Listener;
  readonly #sink: EventSink;
  #pending: EventBatch[] | null = [];
  /** All writes up to this one are told. */
  #told = 0;
  #isOver = false;
  #unsubscribe: () => void = () => {};

  constructor(options: EventStreamOptions, listener: Listener, sink: EventSink) {
    this.#options = options;
    this.#listener = listener;
    this.#sink = sink;
  }

  /** Tells what was missed, and from then on what comes, until it is ended. @throws {SriovError} STORE_FAILED */
  async run(): Promise<void> {
    const { feed } = this.#options;
    const { since } = this.#listener;
    const position = feed.position;
    this.#unsubscribe = feed.subscribe((batch) => this.#take(batch));
    this.#told = position;
    if (since !== null) {
      if (await this.#isUnknown(since)) this.#sink.write(signal('reset', position));
      else await this.#tellPast(since, position);
    }
    this.#sink.write(`id: ${this.#told}\n\n`);
    const pending = this.#pending ?? [];
    this.#pending = null;
    for (const batch of pending) this.#take(batch);
  }

  /** Shows that the stream lives, and up to where nothing was missed. */
  beat(): void {
    if (this.#isOver) return;
    // While the past is told, what the feed has told is not told here.
    if (this.#pending === null) this.#told = Math.max(this.#told, this.#options.feed.position);
    this.#sink.write(`: \nid: ${this.#told}\n\n`);
    this.#cutOffIfSlow();
  }

  /** Ends the stream: the other end is told where to go on. Idempotent. */
  end(): void {
    if (this.#isOver) return;
    this.#sink.write(signal('resume', this.#told));
    this.over();
    this.#sink.end();
  }

  /** The other end is gone. Idempotent. */
  over(): void {
    this.#isOver = true;
    this.#pending = null;
    this.#unsubscribe();
  }

  async #tellPast(since: number, position: number): Promise<void> {
    const { store, fleet } = this.#options;
    this.#told = since;
    while (this.#told < position && !this.#isOver) {
      const changes = await store.since(this.#told, CHANGES_AT_ONCE);
      const past = changes.filter(({ revision }) => revision <= position);
      const last = past.at(-1);
      if (last === undefined) break;
      this.#write(await eventsOfChanges({ store, fleet, before: null }, past), last.revision);
      await this.#sink.drained();
    }
    this.#told = Math.max(this.#told, position);
  }

  /** Before what the log has, or, when a database was restored, of the history that ended. */
  #isUnknown(since: number): Promise<boolean> {
    return this.#options.store.read('read where the log begins', async (db) => {
      if (since < (await readLogPosition(db, 'forgotten'))) return true;
      return !(await isOfThisHistory(db, since));
    });
  }

  #take(batch: EventBatch): void {
    if (this.#isOver) return;
    if (this.#pending === null) {
      this.#write(batch.events, batch.upTo);
      this.#cutOffIfSlow();
    } else if (this.#pending.length < MOST_PENDING) this.#pending.push(batch);
    else this.end();
  }

  /** The last event of a write has its id: who was cut off before it hears all of the write again. */
  #write(events: readonly FeedEvent[], upTo: number): void {
    const asked = events.flatMap((event) => {
      const text = this.#textOf(event);
      return text === null ? [] : [{ event, text }];
    });
    let all = '';
    for (const [index, { event, text }] of asked.entries()) {
      const { revision } = event;
      const isLast = revision !== null && asked[index + 1]?.event.revision !== revision;
      all += isLast ? `id: ${revision}\n${text}\n` : `${text}\n`;
    }
    if (all !== '') this.#sink.write(all);
    this.#told = Math.max(this.#told, upTo);
  }

  #textOf(event: FeedEvent): string | null {
    const { identity, kinds, hostId } = this.#listener;
    if (kinds !== null && !kinds.has(event.kind)) return null;
    const reader = event.readerOf(identity);
    if (reader === null) return null;
    // Where something is, is for administrators.
    if (hostId !== null && (reader !== 'admin' || event.hostId !== hostId)) return null;
    return event.textFor(reader);
  }

  #cutOffIfSlow(): void {
    if (this.#sink.backlog() > MOST_BACKLOG) this.end();
  }
}

function signal(event: 'reset' | 'resume', revision: number): string {
  return `id: ${revision}\nevent: ${event}\ndata: ${JSON.stringify({ revision })}\n\n`;
}
