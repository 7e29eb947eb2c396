import type { Migration } from 'kysely/migration';

/** Hosts that were taken out of the fleet: certificates from before are not good. */
export const removedHosts: Migration = {
  async up(db): Promise<void> {
    await db.schema
      .createTable('removed_host')
      .addColumn('host_id', 'text', (column) => column.primaryKey())
      .addColumn('removed_at', 'text', (column) => column.notNull())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .execute();
  },
};
