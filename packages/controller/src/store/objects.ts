import { type Kysely, sql } from 'kysely';
import { prepared } from './prepared.ts';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** What an object is found by, and with `refKind`, the object that it needs. */
export interface FieldValue {
  readonly field: string;
  readonly value: string;
  readonly refKind: string | null;
}

/** An object as it is kept; `body` is JSON. */
export interface ObjectRow {
  readonly kind: string;
  readonly id: string;
  readonly projectId: string;
  readonly body: string;
}

/** Which objects of a kind are meant. */
export interface ObjectQuery {
  readonly kind: string;
  /** Only those of this project, and those that are shown to it; null: all. */
  readonly visibleTo: string | null;
  /** All of these must hold; within one, any of the values. `id` and `project_id` every object has. */
  readonly where: readonly { readonly field: string; readonly values: readonly string[] }[];
  /** In the order of ids: behind this one. */
  readonly after: string | null;
  readonly order: 'asc' | 'desc';
  readonly limit: number | null;
}

type Key = Pick<Schema['object'], 'kind' | 'id'>;

/** The body of an object, or undefined. */
export async function findObject(db: Kysely<Schema>, kind: string, id: string): Promise<string | undefined> {
  // PostgreSQL has no such text, and says so: nothing is called that.
  if (id.includes('\0')) return undefined;
  return (await FIND(db, [{ kind, id }]))[0]?.body;
}

const FIND = prepared((db, [key]: readonly Key[]) =>
  db
    .selectFrom('object')
    .select('body')
    .where('kind', '=', key?.kind ?? '')
    .where('id', '=', key?.id ?? ''),
);

/** Bodies in the order of ids. */
export async function listObjects(db: Kysely<Schema>, query: ObjectQuery): Promise<readonly string[]> {
  const rows = await selectObjects(db, query).select('body').execute();
  return rows.map(({ body }) => body);
}

/** Ids in their order. */
export async function listObjectIds(db: Kysely<Schema>, query: ObjectQuery): Promise<readonly string[]> {
  const rows = await selectObjects(db, query).select('id').execute();
  return rows.map(({ id }) => id);
}

export async function countObjects(db: Kysely<Schema>, query: ObjectQuery): Promise<number> {
  const row = await selectObjects(db, query)
    .clearOrderBy()
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

function selectObjects(db: Kysely<Schema>, { kind, visibleTo, where, after, order, limit }: ObjectQuery) {
  let select = db.selectFrom('object').where('kind', '=', kind).orderBy('id', order);
  for (const { field, values } of where) {
    if (field === 'id' || field === 'project_id') select = select.where(field, 'in', [...values]);
    else {
      select = select.where('id', 'in', (inner) =>
        inner
          .selectFrom('object_field')
          .select('object_field.id')
          .where('object_field.kind', '=', kind)
          .where('field', '=', field)
          .where('value', 'in', [...values]),
      );
    }
  }
  if (visibleTo !== null) {
    select = select.where((any) =>
      any.or([
        any('project_id', '=', visibleTo),
        any('id', 'in', (inner) =>
          inner
            .selectFrom('object_visibility')
            .select('object_visibility.id')
            .where('object_visibility.kind', '=', kind)
            .where('object_visibility.project', 'in', [visibleTo, '*']),
        ),
      ]),
    );
  }
  if (after !== null) select = select.where('id', order === 'asc' ? '>' : '<', after);
  return limit === null ? select : select.limit(limit);
}

export async function insertObject(
  write: Write,
  { kind, id, projectId, body }: ObjectRow,
  fields: readonly FieldValue[],
): Promise<void> {
  await INSERT(write.db, [{ kind, id, project_id: projectId, body }]);
  await insertFields(write, kind, id, fields);
  write.changed(kind, id, projectId);
}

const INSERT = prepared((db, rows: readonly Schema['object'][]) => db.insertInto('object').values(rows));

const INSERT_FIELDS = prepared((db, rows: readonly Schema['object_field'][]) =>
  db
    .insertInto('object_field')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing()),
);

/** Replaces the body, and of the fields those that are not what they were. */
export async function replaceObject(
  write: Write,
  { kind, id, projectId, body }: ObjectRow,
  before: readonly FieldValue[],
  after: readonly FieldValue[],
): Promise<void> {
  await REPLACE(write.db, [{ kind, id, project_id: projectId, body }]);
  const keysBefore = new Set(before.map(keyOfField));
  const keysAfter = new Set(after.map(keyOfField));
  await removeFields(
    write,
    kind,
    id,
    before.filter((each) => !keysAfter.has(keyOfField(each))),
  );
  await insertFields(
    write,
    kind,
    id,
    after.filter((each) => !keysBefore.has(keyOfField(each))),
  );
  write.changed(kind, id, projectId);
}

/** Shows an object to a project that it does not belong to, or with `*` to all; or no longer. Idempotent. */
export async function setVisibility(
  write: Write,
  object: { readonly kind: string; readonly id: string },
  project: string,
  isVisible: boolean,
): Promise<void> {
  const { kind, id } = object;
  if (isVisible) {
    await write.db
      .insertInto('object_visibility')
      .values({ kind, id, project })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return write.changed(kind, id);
  }
  const hidden = await write.db
    .deleteFrom('object_visibility')
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('project', '=', project)
    .returning('project')
    .execute();
  write.changed(
    kind,
    id,
    null,
    hidden.map((row) => row.project),
  );
}

/** To whom an object is shown beside its own project; `*`: to all. */
export async function listVisibility(
  db: Kysely<Schema>,
  object: { readonly kind: string; readonly id: string },
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('object_visibility')
    .select('project')
    .where('kind', '=', object.kind)
    .where('id', '=', object.id)
    .execute();
  return rows.map(({ project }) => project);
}

/** Removes an object with its fields. The database refuses while another one needs it. */
export async function removeObject(
  write: Write,
  { kind, id, projectId }: Omit<ObjectRow, 'body'>,
  fields: readonly FieldValue[],
): Promise<void> {
  await removeFields(write, kind, id, fields);
  const hidden = await HIDE(write.db, [{ kind, id }]);
  await REMOVE(write.db, [{ kind, id }]);
  write.changed(
    kind,
    id,
    projectId,
    hidden.map(({ project }) => project),
  );
}

const HIDE = prepared((db, [key]: readonly Key[]) =>
  db
    .deleteFrom('object_visibility')
    .where('kind', '=', key?.kind ?? '')
    .where('id', '=', key?.id ?? '')
    .returning('project'),
);

const REMOVE = prepared((db, [key]: readonly Key[]) =>
  db
    .deleteFrom('object')
    .where('kind', '=', key?.kind ?? '')
    .where('id', '=', key?.id ?? ''),
);

const REPLACE = prepared((db, [row]: readonly Schema['object'][]) =>
  db
    .updateTable('object')
    .set({ body: row?.body ?? '', project_id: row?.project_id ?? '' })
    .where('kind', '=', row?.kind ?? '')
    .where('id', '=', row?.id ?? ''),
);

const keyOfField = ({ field, value, refKind }: FieldValue): string => JSON.stringify([field, value, refKind]);

async function insertFields(
  write: Write,
  kind: string,
  id: string,
  fields: readonly FieldValue[],
): Promise<void> {
  const rows = fields.map(({ field, value, refKind }) => ({ kind, id, field, value, ref_kind: refKind }));
  await INSERT_FIELDS(write.db, rows);
}

/** One statement for all: each row is found by its whole key, and no index from objects to their fields is kept. */
async function removeFields(
  write: Write,
  kind: string,
  id: string,
  fields: readonly FieldValue[],
): Promise<void> {
  const keys = fields.map(({ field, value }) => ({ value, kind, field, id }));
  await REMOVE_FIELDS(write.db, keys);
}

const REMOVE_FIELDS = prepared((db, rows: readonly Omit<Schema['object_field'], 'ref_kind'>[]) => {
  const keys = rows.map(({ value, kind, field, id }) => sql`(${value}, ${kind}, ${field}, ${id})`);
  const remove = sql`delete from object_field where (value, kind, field, id) in (values ${sql.join(keys)})`;
  return { compile: () => remove.compile(db) };
});
