import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** One database, open: what SQLite and PostgreSQL differ in is behind this, and nowhere else. */
export interface Database {
  /** For transactions that write, one at a time. */
  readonly writer: Kysely<Schema>;
  /** For reading beside them. */
  readonly reader: Kysely<Schema>;
  /** Tells other controllers, with the commit of this transaction, that there is something new. */
  readonly announce: (transaction: Kysely<Schema>) => Promise<void>;
  /** Hears what other controllers announce. */
  readonly listen: (listener: () => void) => void;
  readonly close: () => Promise<void>;
}

/**
 * How the transaction ended that a failure belongs to. `undone-by-chance`: undone because of others, and may well pass
 * when it is done again. `unknown`: the connection broke, and if that was at its commit, it may have been made.
 */
export type TransactionEnd = 'undone' | 'undone-by-chance' | 'unknown';

/** The database failed, and not the program that used it. */
export class DatabaseFailure extends Error {
  readonly end: TransactionEnd;

  constructor(cause: unknown, end: TransactionEnd) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.end = end;
  }
}
