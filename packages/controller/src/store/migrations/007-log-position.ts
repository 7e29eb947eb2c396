import type { Migration } from 'kysely/migration';

/** How far those who work through the log of changes have got, and where what is left of it begins. */
export const logPosition: Migration = {
  async up(db): Promise<void> {
    await db.schema
      .createTable('log_position')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .execute();
  },
};
