import { attachmentsByPort, wantAttachment } from '../binding/attachments.ts';
import { activeOf, segmentOfAttachment } from '../binding/port-binding.ts';
import { ratesOf } from '../binding/qos-rates.ts';
import { refusePolicyFor } from '../binding/refuse-policy.ts';
import {
  type AttachmentDocument,
  NETWORK_KIND,
  type NetworkDocument,
  PORT_KIND,
  type PortDocument,
  QOS_POLICY_KIND,
  type QosPolicyDocument,
  type SegmentDocument,
} from '../documents/index.ts';
import {
  type Call,
  getDocument,
  listDocuments,
  replaceDocument,
  type WriteCall,
} from '../framework/index.ts';
import { resourceRequestOf } from './resource-request.ts';
import { segmentsByNetwork } from './segment.ts';

/** Has all ports follow what their policy says now: what Placement is asked for, and the VFs of those that are bound. */
export async function spreadPolicy(call: WriteCall, policy: QosPolicyDocument): Promise<void> {
  const ports = await portsOfPolicy(call, policy.id);
  const known = await readKnown(call, ports, policy);
  for (const port of ports) await follow(call, known, port, port);
}

/** Has the ports of a network follow it to another policy, or to none; those with one of their own keep it. */
export async function spreadNetworkPolicy(
  call: WriteCall,
  { id, qos_policy_id: policyId }: Pick<NetworkDocument, 'id' | 'qos_policy_id'>,
): Promise<void> {
  const policy =
    policyId === null ? null : await getDocument<QosPolicyDocument>(call.db, QOS_POLICY_KIND, policyId);
  const ports = await portsOfNetworks(call, [id]);
  const known = await readKnown(call, ports, policy);
  for (const port of ports) {
    const after: PortDocument = { ...port, qos_network_policy_id: policyId };
    if (port.qos_policy_id === null) await follow(call, known, port, after);
    else await replaceDocument(call, PORT_KIND, port, after);
  }
}

/** What decides how ports follow: read once for all of them, as there may be ten thousand. */
interface Known {
  /** null: they have none any more. */
  readonly policy: QosPolicyDocument | null;
  readonly segments: ReadonlyMap<string, readonly SegmentDocument[]>;
  readonly attachments: ReadonlyMap<string, readonly AttachmentDocument[]>;
}

async function readKnown(
  call: Call,
  ports: readonly PortDocument[],
  policy: QosPolicyDocument | null,
): Promise<Known> {
  const networkIds = new Set(ports.map((port) => port.network_id));
  return {
    policy,
    segments: await segmentsByNetwork(call, [...networkIds]),
    attachments: await attachmentsByPort(
      call,
      ports.map(({ id }) => id),
    ),
  };
}

async function follow(
  call: WriteCall,
  known: Known,
  before: PortDocument,
  after: PortDocument,
): Promise<void> {
  const { policy } = known;
  const segments = known.segments.get(after.network_id) ?? [];
  const attachment = activeOf(after, known.attachments.get(after.id) ?? []);
  if (policy !== null) refusePolicyFor(call, policy, after, attachment);
  const changed: PortDocument = { ...after, resource_request: resourceRequestOf(after, segments, policy) };
  const isSame = JSON.stringify(changed) === JSON.stringify(before);
  const port = isSame ? before : await replaceDocument(call, PORT_KIND, before, changed);
  if (attachment === undefined) return;
  await wantAttachment(call, attachment, port, segmentOfAttachment(attachment, segments), ratesOf(policy));
}

/** Ports that have it as their own, and ports without one in networks that have it. */
async function portsOfPolicy(call: Call, policyId: string): Promise<readonly PortDocument[]> {
  const byPolicy = [{ field: 'qos_policy_id', values: [policyId] }];
  const own = await listDocuments<PortDocument>(call.db, PORT_KIND, byPolicy);
  const networks = await listDocuments<NetworkDocument>(call.db, NETWORK_KIND, byPolicy);
  const inherited = await portsOfNetworks(
    call,
    networks.map(({ id }) => id),
  );
  return [...own, ...inherited.filter((port) => port.qos_policy_id === null)];
}

async function portsOfNetworks(
  { db }: Call,
  networkIds: readonly string[],
): Promise<readonly PortDocument[]> {
  if (networkIds.length === 0) return [];
  return listDocuments<PortDocument>(db, PORT_KIND, [{ field: 'network_id', values: networkIds }]);
}
