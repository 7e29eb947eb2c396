import type { Migration } from 'kysely/migration';

/** Which authority vouches for the agents of this fleet: controllers that share a database share it. */
export const fleetAuthority: Migration = {
  async up(db): Promise<void> {
    await db.schema
      .createTable('fleet_authority')
      .addColumn('only_row', 'integer', (column) => column.primaryKey())
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .execute();
  },
};
