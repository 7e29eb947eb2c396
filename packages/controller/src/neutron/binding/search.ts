import { type HostId, type PciAddress, parseHostId, parsePciAddress } from '@virtfn/model';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  type BindingProfile,
  PORT_KIND,
  type PortDocument,
  type SegmentDocument,
} from '../documents/index.ts';
import { canBeFiltered } from '../filtering/index.ts';
import { type Call, listDocuments } from '../framework/index.ts';
import { segmentsOf } from '../resources/segment.ts';
import type { Search } from './choose.ts';
import { apartOf } from './guest.ts';
import { type CardVnicType, segmentOfDocument } from './port-of-document.ts';
import { ratesOfPolicy } from './qos-rates.ts';

/** A port, and as what and with which profile it is to be bound. */
export interface Wanted {
  readonly port: PortDocument;
  readonly vnicType: CardVnicType;
  readonly profile: BindingProfile;
}

/** What a port looks for, once for each wire of its network. */
export async function searchesOf(
  call: Pick<Call, 'db' | 'settings'>,
  { port, vnicType, profile }: Wanted,
): Promise<readonly Search[]> {
  const { db, settings } = call;
  const segments: readonly SegmentDocument[] = await segmentsOf(call, port.network_id);
  const qos = await ratesOfPolicy(call, port.qos_policy_id ?? port.qos_network_policy_id);
  const apart = apartOf(profile);
  const apartFrom = apart === null || port.device_id === '' ? [] : await neighboursOf(db, port);
  return segments.map((segment) => ({
    port,
    vnicType,
    profile,
    segment: segmentOfDocument(segment),
    qos,
    needsFilter:
      settings.securityGroupPolicy === 'strict' && canBeFiltered(vnicType) && port.port_security_enabled,
    strategy: settings.strategy,
    allowed: settings.deviceSpecs,
    apart: apart ?? 'pf',
    apartFrom,
  }));
}

/** Where the other ports of the guest are that shall not fail together with this one. */
async function neighboursOf(
  db: Call['db'],
  port: PortDocument,
): Promise<readonly { readonly hostId: HostId; readonly pf: PciAddress }[]> {
  const ofGuest = await listDocuments<PortDocument>(db, PORT_KIND, [
    { field: 'device_id', values: [port.device_id] },
  ]);
  const others = ofGuest.filter(
    ({ id, 'binding:profile': profile }) => id !== port.id && apartOf(profile) !== null,
  );
  if (others.length === 0) return [];
  const attachments = await listDocuments<AttachmentDocument>(db, ATTACHMENT_KIND, [
    { field: 'port_id', values: others.map(({ id }) => id) },
  ]);
  return attachments.map(({ host_id: hostId, pf }) => ({
    hostId: parseHostId(hostId),
    pf: parsePciAddress(pf),
  }));
}
