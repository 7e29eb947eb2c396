import type { Kysely } from 'kysely';
import { listObjects, type ObjectQuery, type Schema } from '../../store/index.ts';
import { ATTACHMENT_KIND, type AttachmentDocument } from '../documents/index.ts';
import { listDocuments, listDocumentsByField } from '../framework/index.ts';

/** What the log calls a change of what a port has of a host. */
export const ATTACHMENT_CHANGE = ATTACHMENT_KIND.name;

/** VFs that ports have: these attachments', or all. */
export function readAttachments(
  db: Kysely<Schema>,
  ids: readonly string[] | null,
): Promise<readonly AttachmentDocument[]> {
  return ids === null
    ? listDocuments<AttachmentDocument>(db, ATTACHMENT_KIND, [])
    : listDocumentsByField<AttachmentDocument>(db, ATTACHMENT_KIND, 'id', ids);
}

/** Attachments in the order of their ids: found by `host_id` and `port_id`, behind an id, at most so many. */
export async function findAttachments(
  db: Kysely<Schema>,
  query: Pick<ObjectQuery, 'where' | 'after' | 'limit'>,
): Promise<readonly AttachmentDocument[]> {
  const bodies = await listObjects(db, {
    kind: ATTACHMENT_KIND.name,
    visibleTo: null,
    order: 'asc',
    ...query,
  });
  // Written as documents of this kind, so they have its form.
  return bodies.map((body) => JSON.parse(body) as AttachmentDocument);
}
