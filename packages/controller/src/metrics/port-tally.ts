import type { PortDocument } from '../neutron/index.ts';
import { listObjects, pagesOfObjects, type Store } from '../store/index.ts';

type Status = PortDocument['status'];

const KIND = 'port';
const STATUSES: readonly Status[] = ['ACTIVE', 'BUILD', 'DOWN', 'ERROR'];
/** As many ids as a statement may well name. */
const MOST_IDS = 1000;
/** Changes that are kept for one who may never ask again; behind more of them all are counted anew. */
const MOST_CHANGED = 10_000;

/**
 * How many ports have each status. No index has it, and to read all ports takes seconds where there are many: they are read
 * when it is first asked, a page at a time, and then only those that have changed since it was asked last, unless too many
 * have.
 */
export class PortTally {
  readonly #store: Store;
  readonly #statuses = new Map<string, Status>();
  /** To be read, or read again; null: all. */
  #changed: Set<string> | null = null;
  #unwatch: () => void = () => {};
  #counting: Promise<ReadonlyMap<Status, number>> | null = null;
  readonly #mostChanged: number;

  constructor(store: Store, mostChanged = MOST_CHANGED) {
    this.#store = store;
    this.#mostChanged = mostChanged;
  }

  /** Ports by status, one count at a time for all who ask. @throws {SriovError} STORE_FAILED */
  count(): Promise<ReadonlyMap<Status, number>> {
    this.#counting ??= this.#count().finally(() => {
      this.#counting = null;
    });
    return this.#counting;
  }

  async #count(): Promise<ReadonlyMap<Status, number>> {
    // Also of changes that other controllers have made just now; while the database is away, nobody can say.
    await this.#store.caughtUp();
    await (this.#changed === null ? this.#readAll() : this.#readChanged(this.#changed));
    const counts = new Map(STATUSES.map((status) => [status, 0]));
    for (const status of this.#statuses.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
    return counts;
  }

  async #readAll(): Promise<void> {
    const changed = new Set<string>();
    // Before the first page: what changes while it is read is read again.
    this.#unwatch = this.#store.watch((changes) => {
      for (const { kind, subject } of changes) if (kind === KIND) changed.add(subject);
      // Who counts reads them soon.
      if (changed.size > this.#mostChanged && this.#counting === null) this.#forget();
    });
    try {
      for await (const page of pagesOfObjects(this.#store, KIND)) this.#put(page);
      this.#changed = changed;
    } catch (error) {
      this.#forget();
      throw error;
    }
    await this.#readChanged(changed);
  }

  #forget(): void {
    this.#unwatch();
    this.#changed = null;
    this.#statuses.clear();
  }

  async #readChanged(changed: Set<string>): Promise<void> {
    while (changed.size > 0) {
      const ids = [...changed].slice(0, MOST_IDS);
      for (const id of ids) changed.delete(id);
      try {
        const bodies = await this.#store.read('read the status of ports', (db) =>
          listObjects(db, {
            kind: KIND,
            visibleTo: null,
            where: [{ field: 'id', values: ids }],
            after: null,
            order: 'asc',
            limit: null,
          }),
        );
        for (const id of ids) this.#statuses.delete(id);
        this.#put(bodies);
      } catch (error) {
        for (const id of ids) changed.add(id);
        throw error;
      }
    }
  }

  #put(bodies: readonly string[]): void {
    for (const body of bodies) {
      const { id, status } = JSON.parse(body) as PortDocument;
      this.#statuses.set(id, status);
    }
  }
}
