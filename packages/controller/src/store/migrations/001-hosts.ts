import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Forward only; a migration that has been released is never changed, and data is kept. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-hosts': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('host')
        .addColumn('host_id', 'text', (column) => column.primaryKey())
        .addColumn('simulated', 'integer', (column) => column.notNull())
        .addColumn('boot_id', 'text', (column) => column.notNull())
        .addColumn('report', 'text', (column) => column.notNull())
        .addColumn('reported_at', 'text', (column) => column.notNull())
        .addColumn('revision', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('revision_log')
        .addColumn('revision', 'integer', (column) => column.primaryKey())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
    },
  },
};
