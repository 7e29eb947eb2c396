import type { Kysely } from 'kysely';
import type { Schema } from '../../store/index.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  type MigratingPort,
  type MigrationDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import { getDocument } from '../framework/index.ts';

/** A port of a machine that is moved, with what it has on both hosts. */
export interface MovingPort {
  readonly of: MigratingPort;
  readonly port: PortDocument;
  readonly source: AttachmentDocument;
  readonly arriving: AttachmentDocument;
}

/** They are all there for as long as the migration is under way: `refuseMoving` holds them. */
export async function movingPortsOf(
  db: Kysely<Schema>,
  { ports }: MigrationDocument,
): Promise<readonly MovingPort[]> {
  const moving: MovingPort[] = [];
  for (const of of ports) {
    moving.push({
      of,
      port: await getDocument<PortDocument>(db, PORT_KIND, of.port_id),
      source: await getDocument<AttachmentDocument>(db, ATTACHMENT_KIND, of.source_attachment_id),
      arriving: await getDocument<AttachmentDocument>(db, ATTACHMENT_KIND, of.destination_attachment_id),
    });
  }
  return moving;
}
