import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import { getDocument, listDocuments, type WriteCall } from '../framework/index.ts';
import { FilterReader, membersRef } from '../filtering/index.ts';
import { segmentsOf } from '../resources/segment.ts';
import { desireAttachment } from './attachments.ts';
import { segmentOfAttachment } from './port-binding.ts';
import { ratesOfPolicy } from './qos-rates.ts';

/** Tells hosts what passes the ports that they filter, where it hangs on something that has changed. */
export async function spreadFilters(call: WriteCall, refs: readonly string[]): Promise<void> {
  if (refs.length > 0) await tellHosts(call, 'filter_refs', refs);
}

type Membership = Pick<PortDocument, 'allowed_address_pairs' | 'fixed_ips' | 'id' | 'security_groups'>;

/** The same where a port has come into a group, left it, or has other addresses; null: it was not there, or is gone. */
export async function spreadMembers(
  call: WriteCall,
  before: Membership | null,
  after: Membership | null,
): Promise<void> {
  if (membershipKey(before) === membershipKey(after)) return;
  const groups = new Set([...(before?.security_groups ?? []), ...(after?.security_groups ?? [])]);
  await spreadFilters(call, [...groups].map(membersRef));
  // What it may send itself, and what its own groups say.
  if (before !== null && after !== null) await tellHosts(call, 'port_id', [after.id]);
}

function membershipKey(port: Membership | null): string {
  if (port === null) return '';
  const { security_groups: groups, fixed_ips: ips, allowed_address_pairs: pairs } = port;
  return JSON.stringify([groups, ips, pairs]);
}

async function tellHosts(
  call: WriteCall,
  field: 'filter_refs' | 'port_id',
  values: readonly string[],
): Promise<void> {
  const attachments = await listDocuments<AttachmentDocument>(call.db, ATTACHMENT_KIND, [{ field, values }]);
  const reader = new FilterReader(call.db);
  for (const attachment of attachments) {
    // One that is reserved is read anew when it is wanted.
    if (attachment.is_filtered !== true || attachment.state === 'reserved') continue;
    const port = await getDocument<PortDocument>(call.db, PORT_KIND, attachment.port_id);
    const segment = segmentOfAttachment(attachment, await segmentsOf(call, port.network_id));
    const qos = await ratesOfPolicy(call, port.qos_policy_id ?? port.qos_network_policy_id);
    await desireAttachment(call, { attachment, segment, qos }, port, (each) => reader.read(each, port));
  }
}
