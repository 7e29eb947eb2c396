import { refusePolicy } from '../binding/refuse-policy.ts';
import { activeAttachmentOf, tellHost } from '../binding/port-binding.ts';
import {
  NETWORK_KIND,
  type NetworkDocument,
  PORT_KIND,
  type PortDocument,
  type QosPolicyDocument,
} from '../documents/index.ts';
import { type Call, listDocuments, replaceDocument, type WriteCall } from '../framework/index.ts';
import { requestedResources } from './resource-request.ts';

/** Has all ports follow what their policy says now: what Placement is asked for, and the VFs of those that are bound. */
export async function spreadPolicy(call: WriteCall, { id }: Pick<QosPolicyDocument, 'id'>): Promise<void> {
  for (const port of await portsOfPolicy(call, id)) await follow(call, port, port);
}

/** Has the ports of a network follow it to another policy, or to none; those with one of their own keep it. */
export async function spreadNetworkPolicy(
  call: WriteCall,
  { id, qos_policy_id: policyId }: Pick<NetworkDocument, 'id' | 'qos_policy_id'>,
): Promise<void> {
  for (const port of await portsOfNetworks(call, [id])) {
    const after: PortDocument = { ...port, qos_network_policy_id: policyId };
    if (port.qos_policy_id === null) await follow(call, port, after);
    else await replaceDocument(call, PORT_KIND, port, after);
  }
}

async function follow(call: WriteCall, before: PortDocument, after: PortDocument): Promise<void> {
  await refusePolicy(call, after);
  const changed: PortDocument = { ...after, resource_request: await requestedResources(call, after) };
  const isSame = JSON.stringify(changed) === JSON.stringify(before);
  const port = isSame ? before : await replaceDocument(call, PORT_KIND, before, changed);
  const attachment = await activeAttachmentOf(call, port);
  if (attachment !== undefined) await tellHost(call, port, attachment);
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
