import { isGroupMac } from '@virtfn/model';
import { touchLocalPorts } from '../../store/index.ts';
import { PORT_KIND, type PortDocument } from '../documents/index.ts';
import { listDocuments, type WriteCall } from '../framework/index.ts';

/**
 * Owners for which there is an interface with the port's MAC on the port's host, and on no other (floating IPs have none,
 * the ports of distributed routers are everywhere). Who sets no owner has plugged in something of his own.
 */
const OWNERS_WITH_INTERFACE: ReadonlySet<string> = new Set([
  '',
  'network:dhcp',
  'network:router_gateway',
  'network:router_interface',
]);

/** Whether a port stands for something on a host that is no VF's, and that VFs of the same wire must reach. */
export function isLocalPort(port: PortDocument): boolean {
  const owner = port.device_owner;
  return (
    port['binding:host_id'] !== '' &&
    port['binding:vnic_type'] === 'normal' &&
    !isGroupMac(port.mac_address) &&
    (owner.startsWith('compute:') || OWNERS_WITH_INTERFACE.has(owner))
  );
}

/** Tells the hosts that a port leaves and comes to, if it is one that concerns them. null: there is none. */
export async function noteLocalPort(
  { write }: Pick<WriteCall, 'write'>,
  before: PortDocument | null,
  after: PortDocument | null,
): Promise<void> {
  if (factsOf(before) === factsOf(after)) return;
  const hosts = [before, after].filter((port) => port !== null && isLocalPort(port));
  for (const host of new Set(hosts.map((port) => port?.['binding:host_id'] ?? '')))
    await touchLocalPorts(write, host);
}

/** Tells all hosts with ports of a network that its wires are not what they were. */
export async function noteLocalPortsOf(
  { db, write }: Pick<WriteCall, 'db' | 'write'>,
  networkId: string,
): Promise<void> {
  const ports = await listDocuments<PortDocument>(db, PORT_KIND, [
    { field: 'network_id', values: [networkId] },
  ]);
  for (const host of new Set(ports.filter(isLocalPort).map((port) => port['binding:host_id'])))
    await touchLocalPorts(write, host);
}

/** What a host is told of a port; null: nothing. */
function factsOf(port: PortDocument | null): string | null {
  if (port === null || !isLocalPort(port)) return null;
  return JSON.stringify([port['binding:host_id'], port.mac_address, port.network_id]);
}
