import { SriovError } from '@virtfn/model';
import { type AttachmentDocument, PORT_KIND, type PortDocument } from '../documents/index.ts';
import { replaceDocument, type WriteCall } from '../framework/index.ts';
import { attachmentsOf, dropAttachment } from './attachments.ts';
import { getKnownPort } from './known-port.ts';
import { activeOf, UNBOUND } from './port-binding.ts';

/**
 * Unbinds a port that virtfn has plugged: its host's agent takes it out of the machine, closes the VF and says so.
 *
 * @returns what was given back; null: the port had no VF, and nothing is changed
 * @throws {SriovError} PORT_UNKNOWN, ATTACHMENT_UNKNOWN when somebody else has plugged it, MIGRATION_REFUSED
 */
export async function detachPort(call: WriteCall, portId: string): Promise<AttachmentDocument | null> {
  const port = await getKnownPort(call, portId, 'detach');
  const active = activeOf(port, await attachmentsOf(call, port.id));
  if (active === undefined) return null;
  const { plug = null, move = null } = active;
  if (plug === null) {
    throw new SriovError(
      'ATTACHMENT_UNKNOWN',
      `Cannot detach port ${port.id}: its VF on host ${active.host_id} was not plugged by virtfn`,
      { hint: 'Take it out where it was plugged, then give the VF back: `virtfn port unbind PORT`' },
    );
  }
  if (move !== null) {
    throw new SriovError(
      'MIGRATION_REFUSED',
      `Cannot detach port ${port.id}: virtual machine ${plug.domain_id} is being moved`,
      { details: { migration: move.migration_id } },
    );
  }
  await dropAttachment(call, active);
  await replaceDocument<PortDocument>(call, PORT_KIND, port, {
    ...port,
    ...UNBOUND,
    'binding:host_id': '',
    device_id: port.device_id === plug.domain_id ? '' : port.device_id,
  });
  return active;
}
