import { listVisibility } from '../../store/index.ts';
import { findDocument } from './documents.ts';
import type { Call, Document, Resource, Rules } from './resource.ts';

/** Whether a reader may see an object: his project's, one that is shown to it or to all, or any if he administers. */
export async function isVisible<Doc extends Document>(
  { identity, db }: Call,
  { name, rules }: Pick<Resource<Doc>, 'name'> & { readonly rules: Pick<Rules, 'get'> },
  document: Doc,
): Promise<boolean> {
  if (identity.isAdmin) return true;
  if (rules.get === 'admin') return false;
  if (document.project_id === identity.projectId) return true;
  const shownTo = await listVisibility(db, { kind: name, id: document.id });
  return shownTo.includes('*') || shownTo.includes(identity.projectId);
}

/** What a reader must not see is not there. @throws {NeutronError} what the resource says */
export async function getVisible<Doc extends Document>(
  call: Call,
  resource: Resource<Doc>,
  id: string,
): Promise<Doc> {
  const document = await findAny(call, resource, id);
  if (document === undefined || !(await isVisible(call, resource, document))) throw resource.notFound(id);
  return document;
}

async function findAny<Doc extends Document>(
  call: Call,
  resource: Resource<Doc>,
  id: string,
): Promise<Doc | undefined> {
  if (resource.compute === null) return findDocument<Doc>(call.db, resource, id);
  const documents = await resource.compute(call, { kind: 'one', id });
  return documents.find((document) => document.id === id);
}
