import type { Migration } from 'kysely/migration';

/** What agents report, and a first log of changes. */
export const hosts: Migration = {
  async up(db): Promise<void> {
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
};
