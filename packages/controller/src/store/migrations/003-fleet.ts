import type { Migration } from 'kysely/migration';

/** Agents, one-time tokens to enrol them, and what each host is to make of the ports that are bound to it. */
export const fleet: Migration = {
  async up(db): Promise<void> {
    await db.schema
      .createTable('agent')
      .addColumn('host_id', 'text', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('version', 'text', (column) => column.notNull())
      .addColumn('session_id', 'text')
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('started_at', 'text', (column) => column.notNull())
      .addColumn('heard_at', 'text', (column) => column.notNull())
      .addColumn('admin_state_up', 'integer', (column) => column.notNull())
      .addColumn('description', 'text')
      .execute();
    await db.schema
      .createTable('enrolment')
      .addColumn('token_hash', 'text', (column) => column.primaryKey())
      .addColumn('host_id', 'text')
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('desired_port')
      .addColumn('host_id', 'text', (column) => column.notNull())
      .addColumn('attachment_id', 'text', (column) => column.notNull())
      .addColumn('port_id', 'text', (column) => column.notNull())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .addColumn('body', 'text')
      .addPrimaryKeyConstraint('desired_port_pk', ['host_id', 'attachment_id'])
      .execute();
    await db.schema
      .createIndex('desired_port_by_revision')
      .on('desired_port')
      .columns(['host_id', 'revision'])
      .execute();
  },
};
