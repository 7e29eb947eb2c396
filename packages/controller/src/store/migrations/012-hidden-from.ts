import type { Migration } from 'kysely/migration';

/** Which projects see an object no more since a change. */
export const hiddenFrom: Migration = {
  async up(db): Promise<void> {
    await db.schema.alterTable('change_log').addColumn('hidden_from', 'text').execute();
  },
};
