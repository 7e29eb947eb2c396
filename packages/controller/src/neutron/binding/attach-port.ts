import { type DomainId, SriovError } from '@virtfn/model';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  type AttachmentPlug,
  PORT_KIND,
  type PortDocument,
  type WireVnicType,
} from '../documents/index.ts';
import { replaceDocument, type WriteCall } from '../framework/index.ts';
import { requestedResources } from '../resources/resource-request.ts';
import { refuseUnfiltered } from '../resources/security-group-policy.ts';
import { attachmentsOf, beginAttachment } from './attachments.ts';
import { bindPort } from './bind-port.ts';
import { getKnownPort } from './known-port.ts';
import { noteLocalPort } from './local-port-changes.ts';
import { unplaceable } from './place-port.ts';
import { activeOf, boundBy, tellHost } from './port-binding.ts';
import { isOfCard } from './port-of-document.ts';

/** Into which virtual machine a port shall be plugged, and as what. */
export interface AttachRequest {
  readonly hostId: string;
  readonly domainId: DomainId;
  /** null: as the port's `binding:vnic_type` says, and nothing stands by. */
  readonly kind: 'direct' | 'macvtap' | 'failover' | null;
  readonly scope: AttachmentPlug['scope'];
}

/**
 * Binds a port to the host of a virtual machine and has its agent plug it in. The same again changes nothing.
 *
 * @throws {SriovError} PORT_UNKNOWN, PORT_BOUND, PORT_UNPLACEABLE
 * @throws {NeutronError} for what security groups and trunks forbid
 */
export async function attachPort(
  call: WriteCall,
  portId: string,
  request: AttachRequest,
): Promise<AttachmentDocument> {
  const port = await getKnownPort(call, portId, 'attach');
  const active = activeOf(port, await attachmentsOf(call, port.id));
  return active === undefined ? bindAndPlug(call, port, request) : plugBound(call, port, active, request);
}

async function bindAndPlug(
  call: WriteCall,
  port: PortDocument,
  request: AttachRequest,
): Promise<AttachmentDocument> {
  const { hostId } = request;
  const vnicType = vnicTypeOf(port, request);
  if (!isOfCard(vnicType)) throw unplaceable(port.id, `ports of kind ${vnicType} need no VF`, []);
  const wanted = ownedBy(
    { ...port, 'binding:vnic_type': vnicType, 'binding:host_id': hostId },
    request.domainId,
  );
  await refuseUnfiltered(call, wanted);
  const asked = { ...wanted, resource_request: await requestedResources(call, wanted) };
  // A function in the profile is what is left of the last binding.
  const { pci_slot: _, ...profile } = port['binding:profile'];
  const outcome = await bindPort(call, { port: asked, hostId, vnicType, profile });
  if (outcome.kind === 'failed') throw unplaceable(port.id, outcome.text, outcome.why);
  const { taken } = outcome;
  const bound = { ...boundBy(asked, outcome).port, status: 'DOWN' } as const;
  const kept = await replaceDocument<PortDocument>(call, PORT_KIND, port, bound);
  await noteLocalPort(call, port, kept);
  const attachment: AttachmentDocument = { ...taken.attachment, state: 'wanted', plug: plugOf(request) };
  await beginAttachment(call, { ...taken, attachment }, kept);
  return attachment;
}

/** A port that has a VF on the host already is plugged with that one. */
async function plugBound(
  call: WriteCall,
  port: PortDocument,
  active: AttachmentDocument,
  request: AttachRequest,
): Promise<AttachmentDocument> {
  const { plug = null } = active;
  const wanted = plugOf(request);
  const isOfKind = vnicTypeOf(port, request) === active.vnic_type;
  const isHere = active.host_id === request.hostId;
  if (isHere && isOfKind && plug !== null && isSamePlug(plug, wanted)) return active;
  if (!isHere || !isOfKind || plug !== null) {
    const where = plug === null ? '' : ` in virtual machine ${plug.domain_id}`;
    throw new SriovError(
      'PORT_BOUND',
      `Cannot attach port ${port.id}: it has a ${active.vnic_type} VF on host ${active.host_id}${where}`,
      {
        details: { host: active.host_id, pciAddress: active.pci_address },
        hint: 'Detach it first: `virtfn detach VM --port PORT`, or `virtfn port unbind PORT`',
      },
    );
  }
  const plugged: AttachmentDocument = { ...active, plug: wanted };
  await replaceDocument(call, ATTACHMENT_KIND, active, plugged);
  const owned = ownedBy(port, request.domainId);
  const kept = owned === port ? port : await replaceDocument(call, PORT_KIND, port, owned);
  await tellHost(call, kept, plugged);
  return { ...plugged, state: 'wanted' };
}

function vnicTypeOf(port: PortDocument, { kind }: AttachRequest): WireVnicType {
  if (kind === null) return port['binding:vnic_type'];
  return kind === 'failover' ? 'direct' : kind;
}

function plugOf({ domainId, scope, kind }: AttachRequest): AttachmentPlug {
  return { domain_id: domainId, scope, standby: kind === 'failover' };
}

function isSamePlug(a: AttachmentPlug, b: AttachmentPlug): boolean {
  return a.domain_id === b.domain_id && a.scope === b.scope && a.standby === b.standby;
}

/** The machine as the port's user, where it has none yet. */
function ownedBy(port: PortDocument, domainId: DomainId): PortDocument {
  return port.device_id === '' ? { ...port, device_id: domainId } : port;
}
