import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DesiredPort, Plug } from '@virtfn/contract/agent-link';
import {
  parseAttachmentId,
  parseDomainId,
  parsePciAddress,
  type PortFilter,
  type QosRates,
  type Segment,
} from '@virtfn/model';
import { putDesiredPort } from '../../store/index.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  type AttachmentMove,
  type PortDocument,
} from '../documents/index.ts';
import {
  insertDocument,
  listDocuments,
  listDocumentsByField,
  removeDocument,
  replaceDocument,
  wireTime,
  type WriteCall,
} from '../framework/index.ts';
import { type FilterOfPort, readFilter } from '../filtering/index.ts';
import { portOfDocument } from './port-of-document.ts';
import { guarantee, releaseVf, takeVf } from './taken.ts';

/** What an attachment is of, and for what. */
export interface NewAttachment {
  readonly port: PortDocument;
  readonly hostId: string;
  readonly pf: string;
  readonly vfIndex: number | null;
  readonly pciAddress: string;
  readonly vnicType: AttachmentDocument['vnic_type'];
  /** Whether the host filters what passes it. */
  readonly isFiltered: boolean;
  readonly segment: Segment;
  readonly qos: QosRates;
}

/** Takes the VF; null: somebody else has it by now. */
export async function takeAttachment(
  call: WriteCall,
  asked: NewAttachment,
): Promise<AttachmentDocument | null> {
  const { port, qos, segment } = asked;
  const attachment: AttachmentDocument = {
    id: randomUUID(),
    project_id: port.project_id,
    port_id: port.id,
    host_id: asked.hostId,
    pf: asked.pf,
    vf_index: asked.vfIndex,
    pci_address: asked.pciAddress,
    physical_network: segment.physicalNetwork,
    vnic_type: asked.vnicType,
    min_kbps: qos.minKbps ?? 0,
    is_filtered: asked.isFiltered,
    state: 'reserved',
    settings: null,
    reason: null,
    created_at: wireTime(call.write.at),
  };
  return (await takeVf(call, attachment.id, attachment)) ? attachment : null;
}

/** Keeps an attachment that was taken; the port must be kept by then. */
export async function keepAttachment(call: WriteCall, attachment: AttachmentDocument): Promise<void> {
  await insertDocument(call, ATTACHMENT_KIND, attachment);
}

/** An attachment that was taken, with what it was taken for. */
export interface TakenAttachment {
  readonly attachment: AttachmentDocument;
  readonly segment: Segment;
  readonly qos: QosRates;
}

/** Keeps an attachment that was taken, and tells the host what to make of it; the port must be kept by then. */
export async function beginAttachment(
  call: WriteCall,
  { attachment, segment, qos }: TakenAttachment,
  port: PortDocument,
): Promise<void> {
  const { filter, refs } = await readFilter(call.db, attachment, port);
  const wanted: AttachmentDocument = { ...attachment, filter_refs: refs, state: 'wanted' };
  await keepAttachment(call, wanted);
  await tellOfAttachment(call, { attachment: wanted, segment, qos }, port, filter);
}

/** Tells the host what to make of an attachment that is kept already. */
export async function wantAttachment(
  call: WriteCall,
  attachment: AttachmentDocument,
  port: PortDocument,
  segment: Segment,
  qos: QosRates,
): Promise<void> {
  const { filter, refs } = await readFilter(call.db, attachment, port);
  const wanted: AttachmentDocument = {
    ...attachment,
    filter_refs: refs,
    state: 'wanted',
    settings: null,
    reason: null,
    min_kbps: qos.minKbps ?? 0,
  };
  await guarantee(call, attachment, wanted.min_kbps - attachment.min_kbps);
  if (!isDeepStrictEqual(wanted, attachment))
    await replaceDocument(call, ATTACHMENT_KIND, attachment, wanted);
  await tellOfAttachment(call, { attachment: wanted, segment, qos }, port, filter);
}

/** Tells the host what to make of an attachment as it is kept; what it has said of it stands. */
export async function desireAttachment(
  call: Pick<WriteCall, 'db' | 'write'>,
  taken: TakenAttachment,
  port: PortDocument,
  read: (attachment: AttachmentDocument) => Promise<FilterOfPort> = (attachment) =>
    readFilter(call.db, attachment, port),
): Promise<void> {
  const { attachment } = taken;
  const { filter, refs } = await read(attachment);
  const kept: AttachmentDocument = { ...attachment, filter_refs: refs };
  if (!isDeepStrictEqual(refs, attachment.filter_refs ?? []))
    await replaceDocument(call, ATTACHMENT_KIND, attachment, kept);
  await tellOfAttachment(call, { ...taken, attachment: kept }, port, filter);
}

function tellOfAttachment(
  call: Pick<WriteCall, 'write'>,
  { attachment, segment, qos }: TakenAttachment,
  port: PortDocument,
  filter: PortFilter | null,
): Promise<void> {
  return putDesiredPort(call.write, {
    hostId: attachment.host_id,
    attachmentId: attachment.id,
    portId: port.id,
    body: JSON.stringify({ ...desiredPortOf(attachment, port, segment, qos), filter }),
  });
}

/** Gives the VF back, and has the host close it. */
export async function dropAttachment(
  call: Pick<WriteCall, 'db' | 'write'>,
  attachment: AttachmentDocument,
): Promise<void> {
  await releaseVf(call, attachment.id, attachment);
  await removeDocument(call, ATTACHMENT_KIND, attachment);
  if (attachment.state === 'reserved') return;
  await putDesiredPort(call.write, {
    hostId: attachment.host_id,
    attachmentId: attachment.id,
    portId: attachment.port_id,
    body: null,
  });
}

/** A port's attachments, on all hosts. */
export function attachmentsOf(
  { db }: Pick<WriteCall, 'db'>,
  portId: string,
): Promise<readonly AttachmentDocument[]> {
  return listDocuments<AttachmentDocument>(db, ATTACHMENT_KIND, [{ field: 'port_id', values: [portId] }]);
}

/** Attachments of some ports, by port. */
export async function attachmentsByPort(
  { db }: Pick<WriteCall, 'db'>,
  portIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AttachmentDocument[]>> {
  const attachments = await listDocumentsByField<AttachmentDocument>(db, ATTACHMENT_KIND, 'port_id', portIds);
  return Map.groupBy(attachments, (attachment) => attachment.port_id);
}

function desiredPortOf(
  attachment: AttachmentDocument,
  document: PortDocument,
  segment: Segment,
  qos: QosRates,
): DesiredPort {
  const port = portOfDocument(document, attachment.vnic_type, qos);
  return {
    portId: port.portId,
    attachmentId: parseAttachmentId(attachment.id),
    networkId: port.networkId,
    pf: parsePciAddress(attachment.pf),
    vfIndex: attachment.vf_index,
    vnicType: attachment.vnic_type,
    segment,
    mac: port.mac,
    adminStateUp: port.adminStateUp,
    portSecurityEnabled: port.portSecurityEnabled,
    trusted: port.trusted,
    propagateUplinkStatus: port.propagateUplinkStatus,
    qos,
    vm: document.device_id === '' ? null : document.device_id,
    plug: plugOf(attachment),
  };
}

function plugOf({ plug = null, move = null }: AttachmentDocument): Plug | null {
  if (plug === null) return null;
  const { domain_id: domainId, scope, standby } = plug;
  return { domainId: parseDomainId(domainId), scope, standby, move: moveOf(move) };
}

function moveOf(move: AttachmentMove | null): NonNullable<Plug['move']> | null {
  if (move?.kind === 'arriving') return { kind: 'arriving' };
  if (move === null || move.destination === null) return null;
  const { migration_id: migrationId, destination } = move;
  return {
    kind: 'departing',
    migrationId,
    destination: { ...destination, attachmentId: parseAttachmentId(destination.attachmentId) },
  };
}
