import type { Kysely } from 'kysely';
import { listObjects, type ObjectQuery, type Schema } from '../../store/index.ts';
import { ATTACHMENT_KIND, type AttachmentDocument } from '../documents/index.ts';

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
