import type { Write } from '../../store/index.ts';
import { desireAttachment } from '../binding/attachments.ts';
import { segmentOfAttachment } from '../binding/port-binding.ts';
import { ratesOfPolicy } from '../binding/qos-rates.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  type AttachmentMove,
  type PortDocument,
} from '../documents/index.ts';
import { replaceDocument } from '../framework/index.ts';
import { segmentsOf } from '../resources/segment.ts';

/** Gives an attachment another part in a migration, or none, and tells its host. What the host has said of it stands. */
export async function changeMove(
  write: Write,
  port: PortDocument,
  attachment: AttachmentDocument,
  move: AttachmentMove | null,
): Promise<void> {
  const changed: AttachmentDocument = { ...attachment, move };
  await replaceDocument({ write }, ATTACHMENT_KIND, attachment, changed);
  const { db } = write;
  const segment = segmentOfAttachment(changed, await segmentsOf({ db }, port.network_id));
  const qos = await ratesOfPolicy({ db }, port.qos_policy_id ?? port.qos_network_policy_id);
  await desireAttachment({ db, write }, { attachment: changed, segment, qos }, port);
}
