import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Documents with their indexed fields and references, what may be had once only (claims), what may be had so often
 * (counters), and a log of changes in which one write may tell of several.
 */
export const objects: Migration = {
  async up(db): Promise<void> {
    await db.schema
      .createTable('object')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('object_pk', ['kind', 'id'])
      .execute();
    await db.schema
      .createIndex('object_by_project')
      .on('object')
      .columns(['kind', 'project_id', 'id'])
      .execute();
    await db.schema
      .createTable('object_field')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('field', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('ref_kind', 'text')
      .addPrimaryKeyConstraint('object_field_pk', ['kind', 'field', 'value', 'id'])
      .addForeignKeyConstraint('object_field_owner', ['kind', 'id'], 'object', ['kind', 'id'], (constraint) =>
        constraint.onDelete('cascade'),
      )
      .addForeignKeyConstraint('object_field_ref', ['ref_kind', 'value'], 'object', ['kind', 'id'])
      .execute();
    await db.schema.createIndex('object_field_by_owner').on('object_field').columns(['kind', 'id']).execute();
    await db.schema
      .createIndex('object_field_by_ref')
      .on('object_field')
      .columns(['ref_kind', 'value'])
      .where(sql.ref('ref_kind'), 'is not', null)
      .execute();
    await db.schema
      .createTable('claim')
      .addColumn('space', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('claim_pk', ['space', 'key'])
      .execute();
    await db.schema.createIndex('claim_by_owner').on('claim').columns(['owner']).execute();
    await db.schema
      .createTable('counter')
      .addColumn('space', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('used', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('counter_pk', ['space', 'key'])
      .execute();
    await db.schema
      .createTable('last_revision')
      .addColumn('only_row', 'integer', (column) => column.primaryKey())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('change_log')
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('change_log_pk', ['revision', 'kind', 'subject'])
      .execute();
    await sql`insert into change_log (revision, kind, subject, at)
      select revision, kind, subject, at from revision_log`.execute(db);
    await sql`insert into last_revision (only_row, revision)
      select 1, coalesce(max(revision), 0) from change_log`.execute(db);
    await db.schema.dropTable('revision_log').execute();
  },
};
