import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  type NetworkDocument,
  NETWORK_KIND,
  PORT_KIND,
  SEGMENT_KIND,
  type SegmentDocument,
  SUBNET_KIND,
} from '../documents/index.ts';
import {
  fixed,
  getDocument,
  insertDocument,
  listDocuments,
  listDocumentsByField,
  readOnly,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  STANDARD_ATTRIBUTES,
  standardValues,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { integer, nullable, text, uuid } from '../values/index.ts';
import { badRequest, conflict, type NeutronError } from '../wire/neutron-error.ts';
import { noteLocalPortsOf } from '../binding/local-port-changes.ts';
import { type ChosenSegment, chooseSegment, releaseSegment } from './segment-claims.ts';

/** Adds a segment, whose place is taken, to a network. */
export function addSegment(
  call: WriteCall,
  network: Pick<NetworkDocument, 'id' | 'project_id'>,
  chosen: ChosenSegment,
  words: { readonly name: string | null; readonly description: string | null },
): Promise<SegmentDocument> {
  return insertDocument(call, SEGMENT_KIND, {
    ...chosen,
    ...words,
    project_id: network.project_id,
    network_id: network.id,
    ...standardValues(call, 1),
  });
}

export async function dropSegment(call: WriteCall, segment: SegmentDocument): Promise<void> {
  await releaseSegment(call, segment);
  await removeDocument(call, SEGMENT_KIND, segment);
}

/** Segments of a network in the order in which they were made. */
export async function segmentsOf(
  { db }: Pick<WriteCall, 'db'>,
  networkId: string,
): Promise<readonly SegmentDocument[]> {
  const segments = await listDocuments<SegmentDocument>(db, SEGMENT_KIND, [
    { field: 'network_id', values: [networkId] },
  ]);
  return inOrder(segments);
}

/** Segments of some networks, by network, in the same order. */
export async function segmentsByNetwork(
  { db }: Pick<WriteCall, 'db'>,
  networkIds: readonly string[],
): Promise<ReadonlyMap<string, readonly SegmentDocument[]>> {
  const segments = await listDocumentsByField<SegmentDocument>(db, SEGMENT_KIND, 'network_id', networkIds);
  return Map.groupBy(inOrder(segments), (segment) => segment.network_id);
}

function inOrder(segments: readonly SegmentDocument[]): readonly SegmentDocument[] {
  return segments.toSorted((a, b) => (String(a['created_at']) < String(b['created_at']) ? -1 : 1));
}

/** `/v2.0/segments`: parts of a network that are wires of their own. */
export const SEGMENT: Resource<SegmentDocument> = resource<SegmentDocument>({
  ...SEGMENT_KIND,
  collection: 'segments',
  quota: null,
  rules: { get: 'admin', create: 'admin', update: 'admin', remove: 'admin' },
  indexed: new Set(['network_id', 'physical_network']),
  attributes: {
    id: readOnly(),
    project_id: readOnly({ seenBy: 'nobody', canFilter: false, canSort: false }),
    network_id: fixed(uuid, 'required'),
    physical_network: fixed(nullable(text(64)), { value: null }),
    network_type: fixed(text(32), 'required'),
    segmentation_id: fixed(nullable(integer(-1, 2 ** 31)), { value: null }),
    name: writable(nullable(text(255)), { value: null }),
    ...STANDARD_ATTRIBUTES,
    description: writable(nullable(text(255)), { value: null }),
  },
  create: async (call, given) => {
    const network = await getDocument<NetworkDocument>(call.db, NETWORK_KIND, String(given['network_id']));
    const others = await segmentsOf(call, network.id);
    const first = others[0];
    // A port has one VLAN: which one it is on two wires is decided by the host that it is bound to.
    if (first !== undefined && given['physical_network'] === first.physical_network)
      throw badRequest(
        `network ${network.id} has a segment on physical network ${first.physical_network} already`,
      );
    const chosen = await chooseSegment(call, {
      network_type: given['network_type'] as string,
      physical_network: given['physical_network'] as string | null,
      segmentation_id: given['segmentation_id'] as number | null,
    });
    await noteLocalPortsOf(call, network.id);
    return addSegment(call, network, chosen, {
      name: given['name'] as string | null,
      description: given['description'] as string | null,
    });
  },
  update: (call, before, given) => replaceDocument(call, SEGMENT_KIND, before, { ...before, ...given }),
  remove: async (call, segment) => {
    const subnets = await listDocuments(call.db, SUBNET_KIND, [
      { field: 'segment_id', values: [segment.id] },
    ]);
    if (subnets.length > 0)
      throw inUse(
        segment,
        `The segment is still associated with subnet(s) ${subnets.map(({ id }) => id).join(', ')}`,
      );
    const bound = await portsBoundOn(call, segment);
    if (bound.length > 0) throw inUse(segment, `The segment is still bound with port(s) ${bound.join(', ')}`);
    const all = await segmentsOf(call, segment.network_id);
    if (all.length === 1) throw inUse(segment, 'a network has at least one');
    await noteLocalPortsOf(call, segment.network_id);
    await dropSegment(call, segment);
  },
});

/** Ports that have a VF or a PF on a segment: while they do, its VLAN is nobody else's. */
async function portsBoundOn(
  { db }: WriteCall,
  { network_id: networkId, physical_network: physicalNetwork }: SegmentDocument,
): Promise<readonly string[]> {
  const ports = await listDocuments(db, PORT_KIND, [{ field: 'network_id', values: [networkId] }]);
  const ids = ports.map(({ id }) => id);
  const attachments = await listDocumentsByField<AttachmentDocument>(db, ATTACHMENT_KIND, 'port_id', ids);
  const bound = attachments.filter((attachment) => attachment.physical_network === physicalNetwork);
  return [...new Set(bound.map((attachment) => attachment.port_id))];
}

const inUse = ({ id }: SegmentDocument, why: string): NeutronError =>
  conflict('SegmentInUse', `Segment '${id}' cannot be deleted: ${why}.`);
