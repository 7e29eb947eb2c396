import { nextTurn } from '@virtfn/contract/inventory';
import { SriovError } from '@virtfn/model';
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import { type Database, DatabaseFailure } from './databases/index.ts';
import type { Change } from './changes.ts';
import { prepared } from './prepared.ts';
import type { Schema } from './schema.ts';

/** One write under way: everything of it is on the disk once it is answered, or nothing is. */
export interface Write {
  readonly db: Transaction<Schema>;
  /** Its place in the order of all writes, of all controllers. */
  readonly revision: number;
  readonly at: Date;
  /**
   * Notes that something is not what it was, for whoever follows the changes, whose it is or was, and to whom else it is
   * shown no more. Idempotent.
   */
  readonly changed: (
    kind: string,
    subject: string,
    projectId?: string | null,
    hiddenFrom?: readonly string[],
  ) => void;
  /** Notes who asked for the write, as JSON, for the audit log. */
  readonly askedBy: (origin: string) => void;
}

interface Waiting {
  readonly action: string;
  readonly work: (write: Write) => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

/** What one write, or a whole transaction of them, has put into the log. */
export interface Committed {
  /** Revisions of the first and the last write; those between them are of the same transaction. */
  readonly first: number;
  readonly last: number;
  readonly changes: readonly Change[];
}

interface Ran {
  readonly outcomes: readonly Outcome[];
  /** Of those that came to something. */
  readonly committed: readonly Committed[];
}

/** More would only make the first one wait longer. */
const MOST_IN_BATCH = 64;
const MOST_ATTEMPTS = 5;

/**
 * Puts writes one behind the other, and those that wait at the same time into one transaction (group commit): the disk
 * is waited for once for all of them. One that fails is undone alone, by its savepoint.
 *
 * Each write begins by taking the only row of `last_revision`, so that those of several controllers stand in one order
 * too, and no write ever meets the half of another.
 */
export class WriteQueue {
  readonly #database: Database;
  readonly #now: () => Date;
  readonly #onCommit: (committed: Committed) => void;
  readonly #waiting: Waiting[] = [];
  #draining: Promise<void> | null = null;

  constructor(database: Database, now: () => Date, onCommit: (committed: Committed) => void) {
    this.#database = database;
    this.#now = now;
    this.#onCommit = onCommit;
  }

  /**
   * Runs `work` in a transaction. It may be run more than once, and must do nothing beside using `write`.
   *
   * @throws {SriovError} STORE_FAILED, and what `work` throws
   */
  write<Result>(action: string, work: (write: Write) => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({
        action,
        work,
        resolve: (result) => resolve(result as Result),
        reject,
        attempts: 0,
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What arrives in the same turn of the loop shares a commit.
      await nextTurn();
      await this.#commit(this.#waiting.splice(0, MOST_IN_BATCH));
    }
    this.#draining = null;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    let ran: Ran;
    try {
      ran = await this.#database.writer.transaction().execute((db) => this.#runAll(db, batch));
    } catch (error) {
      await this.#undone(batch, error);
      return;
    }
    for (const [index, waiting] of batch.entries()) {
      const outcome = ran.outcomes[index];
      if (outcome === undefined) continue;
      if ('result' in outcome) waiting.resolve(outcome.result);
      else waiting.reject(outcome.error);
    }
    const [first, last] = [ran.committed[0], ran.committed.at(-1)];
    if (first === undefined || last === undefined) return;
    const changes = ran.committed.flatMap((one) => one.changes);
    this.#onCommit({ first: first.first, last: last.last, changes });
  }

  /** Tries again only what the database says it has undone: a commit whose answer was lost may have been made. */
  async #undone(batch: readonly Waiting[], error: unknown): Promise<void> {
    const isUndone = error instanceof DatabaseFailure && error.end !== 'unknown';
    for (const waiting of batch) {
      waiting.attempts += 1;
      const mayPass = isUndone && (batch.length > 1 || error.end === 'undone-by-chance');
      if (mayPass && waiting.attempts < MOST_ATTEMPTS) await this.#commit([waiting]);
      else waiting.reject(error instanceof DatabaseFailure ? storeFailure(waiting.action, error) : error);
    }
  }

  /** What one of several threw is its own; a failure of the database ends the whole transaction. */
  async #runAll(db: Transaction<Schema>, batch: readonly Waiting[]): Promise<Ran> {
    const outcomes: Outcome[] = [];
    const committed: Committed[] = [];
    const runOne = async (waiting: Waiting): Promise<void> => {
      const one = await this.#runOne(db, waiting);
      outcomes.push({ result: one.result });
      committed.push(one);
    };
    for (const waiting of batch) {
      if (batch.length === 1) {
        await runOne(waiting);
        continue;
      }
      await sql`savepoint one`.execute(db);
      try {
        await runOne(waiting);
      } catch (error) {
        if (error instanceof DatabaseFailure) throw error;
        await sql`rollback to savepoint one`.execute(db);
        outcomes.push({ error });
      }
      await sql`release savepoint one`.execute(db);
    }
    await this.#database.announce(db);
    return { outcomes, committed };
  }

  async #runOne(
    db: Transaction<Schema>,
    { work }: Waiting,
  ): Promise<Committed & { readonly result: unknown }> {
    const [last] = await TAKE_REVISION(db, [{ only_row: 1 }]);
    if (last === undefined) throw new RangeError('the database has no last revision');
    const { revision } = last;
    const at = this.#now();
    const changed = new Map<string, Change>();
    const time = at.toISOString();
    let origin: string | null = null;
    const result = await work({
      db,
      revision,
      at,
      changed: (kind, subject, projectId = null, hiddenFrom = []) => {
        const key = `${kind}/${subject}`;
        const before = changed.get(key);
        changed.set(key, {
          revision,
          kind,
          subject,
          at: time,
          projectId: projectId ?? before?.projectId ?? null,
          hiddenFrom: [...(before?.hiddenFrom ?? []), ...hiddenFrom],
        });
      },
      askedBy: (text) => {
        origin = text;
      },
    });
    const changes = [...changed.values()];
    const rows = changes.map(({ projectId, hiddenFrom, ...change }, index) => ({
      ...change,
      project_id: projectId,
      origin: index === 0 ? origin : null,
      hidden_from: hiddenFrom.length === 0 ? null : JSON.stringify(hiddenFrom),
    }));
    await LOG(db, rows);
    return { result, first: revision, last: revision, changes };
  }
}

const TAKE_REVISION = prepared((db, [row]: readonly Pick<Schema['last_revision'], 'only_row'>[]) =>
  db
    .updateTable('last_revision')
    .set((column) => ({ revision: column('revision', '+', column.lit(1)) }))
    .where('only_row', '=', row?.only_row ?? 1)
    .returning('revision'),
);

const LOG = prepared((db, rows: readonly Schema['change_log'][]) => db.insertInto('change_log').values(rows));

/** What users are told when the database failed. */
export function storeFailure(action: string, cause: unknown): SriovError {
  return new SriovError('STORE_FAILED', `Cannot ${action}: the database failed`, { cause });
}
