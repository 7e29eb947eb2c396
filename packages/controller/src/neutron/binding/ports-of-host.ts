import type { Kysely } from 'kysely';
import type { Schema } from '../../store/index.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import { listDocuments } from '../framework/index.ts';

/** Ids of the ports that are bound to a host, or have a VF there. */
export async function portsOfHost(db: Kysely<Schema>, hostId: string): Promise<readonly string[]> {
  const attachments = await listDocuments<AttachmentDocument>(db, ATTACHMENT_KIND, [
    { field: 'host_id', values: [hostId] },
  ]);
  const ports = await listDocuments<PortDocument>(db, PORT_KIND, [
    { field: 'binding:host_id', values: [hostId] },
  ]);
  return [...new Set([...ports.map(({ id }) => id), ...attachments.map((each) => each.port_id)])];
}
