import type { Migration } from 'kysely/migration';

/** When the ports on a host that are no VF's changed last. */
export const localPorts: Migration = {
  async up(db): Promise<void> {
    await db.schema
      .createTable('local_port_change')
      .addColumn('host_id', 'text', (column) => column.primaryKey())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .execute();
  },
};
