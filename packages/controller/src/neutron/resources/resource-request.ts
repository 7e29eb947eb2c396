import { createHash } from 'node:crypto';
import {
  type PortDocument,
  QOS_POLICY_KIND,
  type QosPolicyDocument,
  type SegmentDocument,
} from '../documents/index.ts';
import { type Call, findDocument } from '../framework/index.ts';
import { segmentsOf } from './segment.ts';

/** Under which names of requests are made, so that the same request has the same name each time: any fixed UUID will do. */
const NAMESPACE = '2b1b4e1c-3d0c-4d4a-9a43-0c5b7c2f6a10';

/** What Nova is to ask Placement for: guaranteed bandwidth on the port's wire; null: nothing is guaranteed. */
export async function requestedResources(call: Call, port: PortDocument): Promise<object | null> {
  const policyId = port.qos_policy_id ?? port.qos_network_policy_id;
  if (policyId === null) return null;
  const policy = await findDocument<QosPolicyDocument>(call.db, QOS_POLICY_KIND, policyId);
  return resourceRequestOf(port, await segmentsOf(call, port.network_id), policy ?? null);
}

/** The same for a port whose policy and segments are known. */
export function resourceRequestOf(
  port: Pick<PortDocument, 'id' | 'binding:vnic_type'>,
  segments: readonly SegmentDocument[],
  policy: QosPolicyDocument | null,
): object | null {
  const resources: Record<string, number> = {};
  for (const rule of policy?.rules ?? []) {
    if (rule.type !== 'minimum_bandwidth') continue;
    resources[rule.direction === 'egress' ? 'NET_BW_EGR_KILOBIT_PER_SEC' : 'NET_BW_IGR_KILOBIT_PER_SEC'] =
      rule.min_kbps;
  }
  if (policy === null || Object.keys(resources).length === 0) return null;
  const id = nameBasedId(`${port.id}/${policy.id}`);
  const required = [
    ...segments.map((segment) => traitOf('PHYSNET', segment.physical_network)),
    traitOf('VNIC_TYPE', port['binding:vnic_type']),
  ];
  return { request_groups: [{ id, required, resources }], same_subtree: [id] };
}

/** A trait of Placement's has capital letters, digits and underscores. */
function traitOf(kind: string, name: string): string {
  return `CUSTOM_${kind}_${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`;
}

/** RFC 9562, version 5. */
function nameBasedId(name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  const bytes = hash.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
