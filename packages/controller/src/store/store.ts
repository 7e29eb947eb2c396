import { SriovError } from '@virtfn/model';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { type Change, listChanges, readRevision } from './changes.ts';
import { type Database, DatabaseFailure } from './databases/index.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Schema } from './schema.ts';
import { type Committed, storeFailure, type Write, WriteQueue } from './write-queue.ts';

export interface StoreOptions {
  readonly database: Database;
  readonly now: () => Date;
}

const MOST_CHANGES_AT_ONCE = 1000;

/** The controller's state in one database. Everything answered is on the disk before. */
export class Store {
  readonly #database: Database;
  readonly #queue: WriteQueue;
  readonly #watchers = new Set<(changes: readonly Change[]) => void>();
  readonly #timers = new Set<(seconds: number, isDone: boolean) => void>();
  #told = 0;
  #telling: Promise<void> | null = null;
  #isBehind = false;
  #isClosed = false;

  private constructor({ database, now }: StoreOptions) {
    this.#database = database;
    this.#queue = new WriteQueue(database, now, (committed) => this.#tellOf(committed));
  }

  /** Brings the database to the present schema. The store closes it. @throws {SriovError} STORE_FAILED */
  static async open(options: StoreOptions): Promise<Store> {
    const { database } = options;
    try {
      const migrator = new Migrator({
        db: database.writer,
        provider: { getMigrations: async () => MIGRATIONS },
      });
      const { error } = await migrator.migrateToLatest();
      if (error !== undefined) throw error;
      const store = new Store(options);
      store.#told = await readRevision(database.reader);
      database.listen(() => store.#tell());
      return store;
    } catch (cause) {
      await database.close().catch(() => {});
      throw new SriovError(
        'STORE_FAILED',
        'Cannot open the database: bringing it to the present schema failed',
        { cause },
      );
    }
  }

  /** Waits for the writes under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#queue.idle();
    await this.#telling;
    await this.#database.close();
  }

  /** Reads. @throws {SriovError} STORE_FAILED, and what `work` throws */
  async read<Result>(action: string, work: (db: Kysely<Schema>) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw storeFailure(action, null);
    try {
      return await work(this.#database.reader);
    } catch (error) {
      throw error instanceof DatabaseFailure ? storeFailure(action, error) : error;
    }
  }

  /**
   * Writes, all or nothing, and durably before it resolves. `work` may be run more than once.
   *
   * @throws {SriovError} STORE_FAILED, and what `work` throws
   */
  async write<Result>(action: string, work: (write: Write) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw storeFailure(action, null);
    const began = performance.now();
    let isDone = false;
    try {
      const result = await this.#queue.write(action, work);
      isDone = true;
      return result;
    } finally {
      for (const listener of this.#timers) listener((performance.now() - began) / 1000, isDone);
    }
  }

  /** Tells how long each write took until it was on the disk, or refused: seconds. Returns how to stop. */
  timeWrites(listener: (seconds: number, isDone: boolean) => void): () => void {
    this.#timers.add(listener);
    return () => this.#timers.delete(listener);
  }

  /** Number of the last write. @throws {SriovError} STORE_FAILED */
  revision(): Promise<number> {
    return this.read('read the revision', readRevision);
  }

  /** Changes behind a revision, in their order. @throws {SriovError} STORE_FAILED */
  since(revision: number, most: number): Promise<readonly Change[]> {
    return this.read('read what changed', (db) => listChanges(db, revision, most));
  }

  /** Tells of changes by this controller and all others, once each and in their order. Returns how to stop. */
  watch(watcher: (changes: readonly Change[]) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Resolves when whoever watches has been told of all writes up to now. @throws {SriovError} STORE_FAILED */
  async caughtUp(): Promise<void> {
    if (this.#told >= (await this.revision())) return;
    this.#tell();
    await this.#telling;
  }

  /** What follows what was told last needs no look into the log. */
  #tellOf({ first, last, changes }: Committed): void {
    if (this.#telling !== null || first !== this.#told + 1) {
      this.#tell();
      return;
    }
    this.#told = last;
    if (changes.length > 0) for (const watcher of this.#watchers) watcher(changes);
  }

  #tell(): void {
    this.#isBehind = true;
    this.#telling ??= this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    try {
      while (this.#isBehind) {
        this.#isBehind = false;
        const changes = await listChanges(this.#database.reader, this.#told, MOST_CHANGES_AT_ONCE);
        const last = changes.at(-1);
        if (last === undefined) continue;
        this.#told = last.revision;
        // There may be more than were asked for.
        this.#isBehind = true;
        for (const watcher of this.#watchers) watcher(changes);
      }
    } catch {
      // The database is away. It tells when it is back, and nothing is lost: the log is read from where we were.
    } finally {
      this.#telling = null;
    }
  }
}
