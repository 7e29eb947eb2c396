import type { Migration } from 'kysely/migration';

/** Whose an object is that changed or is gone, and who asked for the change. */
export const origin: Migration = {
  async up(db): Promise<void> {
    await db.schema.alterTable('change_log').addColumn('project_id', 'text').execute();
    await db.schema.alterTable('change_log').addColumn('origin', 'text').execute();
  },
};
