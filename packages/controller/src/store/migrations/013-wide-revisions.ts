import { SqliteAdapter } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A database that was restored goes on from a number that takes more than the 32 bits of PostgreSQL's `integer`. */
export const wideRevisions: Migration = {
  async up(db): Promise<void> {
    // SQLite's has 64, and it changes no type in place.
    if (db.getExecutor().adapter instanceof SqliteAdapter) return;
    await db.schema
      .alterTable('host')
      .alterColumn('revision', (column) => column.setDataType('bigint'))
      .execute();
  },
};
