import { type CreateTableBuilder, type Kysely, SqliteAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * The same rows on fewer pages, since a commit costs what the pages cost that it writes. SQLite keeps rows in their key
 * and not beside it; fields are found by their value first, so that one tree serves filters and references; to whom an
 * object is shown is a table of its own, and a project is a column already.
 */
export const fewerPages: Migration = {
  async up(db): Promise<void> {
    await db.schema
      .createTable('object_visibility')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('project', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('object_visibility_pk', ['kind', 'id', 'project'])
      .addForeignKeyConstraint(
        'object_visibility_of',
        ['kind', 'id'],
        'object',
        ['kind', 'id'],
        (constraint) => constraint.onDelete('cascade'),
      )
      .execute();
    await db.schema
      .createIndex('object_visibility_by_project')
      .on('object_visibility')
      .columns(['kind', 'project', 'id'])
      .execute();
    await sql`insert into object_visibility (kind, id, project)
      select kind, id, value from object_field where field = 'visible_to'`.execute(db);
    await sql`delete from object_field where field in ('visible_to', 'project_id')`.execute(db);

    await remake(db, 'object_field', ['kind', 'id', 'field', 'value', 'ref_kind'], (table) =>
      table
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('field', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addColumn('ref_kind', 'text')
        .addPrimaryKeyConstraint('object_field_key', ['value', 'kind', 'field', 'id'])
        .addForeignKeyConstraint('object_field_needs', ['ref_kind', 'value'], 'object', ['kind', 'id']),
    );
    await remake(db, 'claim', ['space', 'key', 'owner'], (table) =>
      table
        .addColumn('space', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('claim_key', ['space', 'key']),
    );
    await remake(db, 'counter', ['space', 'key', 'used'], (table) =>
      table
        .addColumn('space', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('used', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('counter_key', ['space', 'key']),
    );
    await remake(db, 'change_log', ['revision', 'kind', 'subject', 'at'], (table) =>
      table
        .addColumn('revision', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('change_log_key', ['revision', 'kind', 'subject']),
    );
  },
};

/** Neither database changes a primary key in place. */
async function remake(
  db: Kysely<unknown>,
  name: string,
  columns: readonly string[],
  define: (table: CreateTableBuilder<string>) => CreateTableBuilder<string, string>,
): Promise<void> {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const table = define(db.schema.createTable(`${name}_new`));
  await (isSqlite ? table.modifyEnd(sql`without rowid`) : table).execute();
  const list = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into ${sql.table(`${name}_new`)} (${list}) select ${list} from ${sql.table(name)}`.execute(
    db,
  );
  await db.schema.dropTable(name).execute();
  await db.schema.alterTable(`${name}_new`).renameTo(name).execute();
}
