import type { Kysely } from 'kysely';
import {
  findObject,
  insertObject,
  listObjects,
  type ObjectQuery,
  removeObject,
  replaceObject,
  type Schema,
} from '../../store/index.ts';
import type { Document, Kind, WriteCall } from './resource.ts';

/** A document by its id, whosever it is. */
export async function findDocument<Doc extends Document>(
  db: Kysely<Schema>,
  { name }: Pick<Kind<Doc>, 'name'>,
  id: string,
): Promise<Doc | undefined> {
  const body = await findObject(db, name, id);
  // Written by the functions below, so it has the form of its resource.
  return body === undefined ? undefined : (JSON.parse(body) as Doc);
}

/** @throws {NeutronError} what the resource says */
export async function getDocument<Doc extends Document>(
  db: Kysely<Schema>,
  resource: Pick<Kind<Doc>, 'name' | 'notFound'>,
  id: string,
): Promise<Doc> {
  const document = await findDocument<Doc>(db, resource, id);
  if (document === undefined) throw resource.notFound(id);
  return document;
}

/** Documents by their fields, in the order of their ids. */
export async function listDocuments<Doc extends Document>(
  db: Kysely<Schema>,
  { name }: Pick<Kind<Doc>, 'name'>,
  where: ObjectQuery['where'],
): Promise<readonly Doc[]> {
  const bodies = await listObjects(db, {
    kind: name,
    visibleTo: null,
    where,
    after: null,
    order: 'asc',
    limit: null,
  });
  return bodies.map((body) => JSON.parse(body) as Doc);
}

/** As many values as a statement may well name: databases set a limit. */
const MOST_VALUES = 1000;

/** Documents that have any of so many values in a field, in no order. */
export async function listDocumentsByField<Doc extends Document>(
  db: Kysely<Schema>,
  kind: Pick<Kind<Doc>, 'name'>,
  field: string,
  values: readonly string[],
): Promise<readonly Doc[]> {
  const documents: Doc[] = [];
  for (let start = 0; start < values.length; start += MOST_VALUES) {
    const some = values.slice(start, start + MOST_VALUES);
    documents.push(...(await listDocuments<Doc>(db, kind, [{ field, values: some }])));
  }
  return documents;
}

export async function insertDocument<Doc extends Document>(
  { write }: Pick<WriteCall, 'write'>,
  resource: Pick<Kind<Doc>, 'name' | 'fields'>,
  document: Doc,
): Promise<Doc> {
  await insertObject(write, rowOf(resource, document), resource.fields(document));
  return document;
}

/** Keeps a new state, with the time and the next revision number if it has such. */
export async function replaceDocument<Doc extends Document>(
  { write }: Pick<WriteCall, 'write'>,
  resource: Pick<Kind<Doc>, 'name' | 'fields'>,
  before: Doc,
  after: Doc,
): Promise<Doc> {
  const { revision_number: revision } = before;
  const document =
    typeof revision === 'number'
      ? { ...after, updated_at: wireTime(write.at), revision_number: revision + 1 }
      : after;
  await replaceObject(write, rowOf(resource, document), resource.fields(before), resource.fields(document));
  return document;
}

export async function removeDocument<Doc extends Document>(
  { write }: Pick<WriteCall, 'write'>,
  resource: Pick<Kind<Doc>, 'name' | 'fields'>,
  document: Doc,
): Promise<void> {
  const { id, project_id: projectId } = document;
  await removeObject(write, { kind: resource.name, id, projectId }, resource.fields(document));
}

function rowOf<Doc extends Document>({ name }: Pick<Kind<Doc>, 'name'>, document: Doc) {
  return {
    kind: name,
    id: document.id,
    projectId: document.project_id,
    body: JSON.stringify(document),
  };
}

/** Neutron tells time to the second. */
export function wireTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** What a new object has of the standard attributes. */
export function standardValues(
  { write }: Pick<WriteCall, 'write'>,
  revision: number,
): { readonly created_at: string; readonly updated_at: string; readonly revision_number: number } {
  const now = wireTime(write.at);
  return { created_at: now, updated_at: now, revision_number: revision };
}
