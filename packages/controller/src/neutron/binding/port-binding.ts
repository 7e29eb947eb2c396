import type { Segment } from '@virtfn/model';
import {
  type AttachmentDocument,
  PORT_KIND,
  type PortDocument,
  type SegmentDocument,
} from '../documents/index.ts';
import { replaceDocument, type WriteCall } from '../framework/index.ts';
import { segmentsOf } from '../resources/segment.ts';
import { conflict } from '../wire/neutron-error.ts';
import {
  attachmentsOf,
  beginAttachment,
  dropAttachment,
  type TakenAttachment,
  wantAttachment,
} from './attachments.ts';
import { type BindingOutcome, bindPort } from './bind-port.ts';
import { segmentOfDocument } from './port-of-document.ts';
import { ratesOfPolicy } from './qos-rates.ts';

/** A port with what its binding came to, and the VF that it took. */
interface Bound {
  readonly port: PortDocument;
  readonly taken: TakenAttachment | null;
}

export const UNBOUND = {
  status: 'DOWN',
  'binding:vif_type': 'unbound',
  'binding:vif_details': {},
} as const;

/** Which driver bound each level: Nova and people look at it; here it is one, under the name that they know. */
export const BOUND_DRIVERS = { bound_drivers: { '0': 'sriovnicswitch' } } as const;

/** Binds a port, that may not be kept yet, to the host that it names. */
export async function bindNew(call: WriteCall, port: PortDocument): Promise<Bound> {
  const outcome = await bindPort(call, {
    port,
    hostId: port['binding:host_id'],
    vnicType: port['binding:vnic_type'],
    profile: port['binding:profile'],
  });
  return boundBy(port, outcome);
}

/** A port with what its binding came to. */
export function boundBy(port: PortDocument, outcome: BindingOutcome): Bound {
  if (outcome.kind === 'failed') {
    const failed = { ...UNBOUND, 'binding:vif_type': 'binding_failed' } as const;
    return { port: { ...port, ...failed }, taken: null };
  }
  const { result, profile, taken } = outcome;
  return {
    taken,
    port: {
      ...port,
      // A whole PF needs nothing of the host: it is ready as soon as it is given.
      status: result.vif_type === 'hostdev_physical' ? 'ACTIVE' : 'DOWN',
      'binding:profile': profile,
      'binding:vif_type': result.vif_type,
      'binding:vif_details': { ...result.vif_details, ...BOUND_DRIVERS },
    },
  };
}

/** Keeps a changed port: bound anew where the change asks for it, else with its VF told what is new. */
export async function rebind(
  call: WriteCall,
  before: PortDocument,
  changed: PortDocument,
): Promise<PortDocument> {
  const host = changed['binding:host_id'];
  const attachments = await attachmentsOf(call, before.id);
  const active = activeOf(before, attachments);
  if (!needsBinding(before, changed)) {
    const port = await replaceDocument(call, PORT_KIND, before, changed);
    if (active !== undefined && concernsVf(before, changed)) await tellHost(call, port, active);
    return port;
  }
  refuseMoving(before, attachments);
  if (active !== undefined) await dropAttachment(call, active);
  if (host === '') return replaceDocument(call, PORT_KIND, before, { ...changed, ...UNBOUND });
  const bound = await bindNew(call, changed);
  const port = await replaceDocument(call, PORT_KIND, before, bound.port);
  if (bound.taken !== null) await beginAttachment(call, bound.taken, port);
  return port;
}

/** The VF that a port has where it is; the ones that are reserved for it elsewhere are not meant. */
export async function activeAttachmentOf(
  call: Pick<WriteCall, 'db'>,
  port: PortDocument,
): Promise<AttachmentDocument | undefined> {
  return activeOf(port, await attachmentsOf(call, port.id));
}

/** The same among the attachments of the port. */
export function activeOf(
  port: PortDocument,
  attachments: readonly AttachmentDocument[],
): AttachmentDocument | undefined {
  return attachments.find((each) => each.state !== 'reserved' && each.host_id === port['binding:host_id']);
}

const BINDING_KEYS = ['binding:host_id', 'binding:vnic_type', 'binding:profile'] as const;

/** A binding that failed is tried again whenever the port is bound to the same host once more. */
function needsBinding(before: PortDocument, changed: PortDocument): boolean {
  if (BINDING_KEYS.some((key) => JSON.stringify(before[key]) !== JSON.stringify(changed[key]))) return true;
  return changed['binding:vif_type'] === 'binding_failed';
}

const VF_KEYS = [
  'mac_address',
  'admin_state_up',
  'port_security_enabled',
  'propagate_uplink_status',
  'trusted',
  'qos_policy_id',
  'device_id',
] as const;

function concernsVf(before: PortDocument, changed: PortDocument): boolean {
  return VF_KEYS.some((key) => before[key] !== changed[key]);
}

/**
 * Refuses to take a port from a machine that is on its way to another host.
 *
 * @throws {NeutronError} PortInUse
 */
export function refuseMoving(port: PortDocument, attachments: readonly AttachmentDocument[]): void {
  if (!attachments.some(({ move = null }) => move !== null)) return;
  throw conflict(
    'PortInUse',
    `Unable to complete operation on port ${port.id} for network ${port.network_id}. Its virtual machine is being moved to another host.`,
  );
}

/** Has the host make its VF what the port asks for now. */
export async function tellHost(
  call: WriteCall,
  port: PortDocument,
  attachment: AttachmentDocument,
): Promise<void> {
  const segment = segmentOfAttachment(attachment, await segmentsOf(call, port.network_id));
  const qos = await ratesOfPolicy(call, port.qos_policy_id ?? port.qos_network_policy_id);
  await wantAttachment(call, attachment, port, segment, qos);
}

/** Which of the segments of its network an attachment is on. */
export function segmentOfAttachment(
  attachment: AttachmentDocument,
  segments: readonly SegmentDocument[],
): Segment {
  const segment = segments.find((each) => each.physical_network === attachment.physical_network);
  if (segment === undefined)
    throw new RangeError(`attachment ${attachment.id} is on a wire that its network has left`);
  return segmentOfDocument(segment);
}
