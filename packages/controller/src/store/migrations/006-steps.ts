import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The audit log: who did what to which object or VF, why, and with which result. */
export const steps: Migration = {
  async up(db): Promise<void> {
    await db.schema
      .createTable('step')
      .addColumn('id', 'bigint', (column) => column.primaryKey())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('user_name', 'text')
      .addColumn('project_id', 'text')
      .addColumn('cause', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('object_kind', 'text')
      .addColumn('object_id', 'text')
      .addColumn('host_id', 'text')
      .addColumn('pf', 'text')
      .addColumn('vf_index', 'integer')
      .addColumn('port_id', 'text')
      .addColumn('attachment_id', 'text')
      .addColumn('code', 'text')
      .addColumn('message', 'text')
      .addColumn('log', 'text')
      .addColumn('place', 'bigint')
      .execute();
    await db.schema.createIndex('step_by_revision').on('step').columns(['revision']).execute();
    await db.schema.createIndex('step_by_time').on('step').columns(['at', 'id']).execute();
    await db.schema
      .createIndex('step_by_host')
      .on('step')
      .columns(['host_id', 'at', 'id'])
      .where(sql.ref('host_id'), 'is not', null)
      .execute();
    await db.schema
      .createIndex('step_by_port')
      .on('step')
      .columns(['port_id', 'at', 'id'])
      .where(sql.ref('port_id'), 'is not', null)
      .execute();
    // What an agent tells twice is kept once.
    await db.schema
      .createIndex('step_by_place')
      .on('step')
      .unique()
      .columns(['host_id', 'log', 'place'])
      .where(sql.ref('log'), 'is not', null)
      .execute();
  },
};
