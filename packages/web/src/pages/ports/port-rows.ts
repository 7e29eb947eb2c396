import type { AttachmentDocument } from '@virtfn/contract';
import { type Network, type Port, titleOf } from '../../neutron/index.ts';
import { type PortState, portState } from './port-state.ts';

/** A port with what is known of it elsewhere. */
export interface PortRow {
  readonly port: Port;
  readonly network: string;
  readonly state: PortState;
  /** Name or UUID; null: in none. */
  readonly vm: string | null;
}

const { compare } = new Intl.Collator('en', { numeric: true });

/** Ports by name. Pure. @param attachments of those who see them */
export function portRows(
  ports: readonly Port[],
  networks: readonly Network[],
  attachments: readonly AttachmentDocument[],
): readonly PortRow[] {
  const titles = new Map(networks.map((network) => [network.id, titleOf(network)]));
  const own = attachmentsByPort(attachments);
  return ports
    .map((port): PortRow => {
      const attachment = own.get(port.id);
      return {
        port,
        network: titles.get(port.networkId) ?? port.networkId,
        state: portState(port, attachment),
        vm: attachment?.vm?.name ?? attachment?.vm?.domainId ?? port.deviceId,
      };
    })
    .toSorted((a, b) => compare(titleOf(a.port), titleOf(b.port)));
}

/** Where each port is. While its machine moves it has two VFs, and is where the machine still runs. */
function attachmentsByPort(
  attachments: readonly AttachmentDocument[],
): ReadonlyMap<string, AttachmentDocument> {
  const arriving = attachments.filter(({ vm }) => vm?.move === 'arriving');
  const others = attachments.filter(({ vm }) => vm?.move !== 'arriving');
  return new Map([...arriving, ...others].map((each) => [each.portId, each]));
}

/** Whether a row has all of these words in it: in name, id, MAC, address, network, kind, host, machine or state. */
export function isMeant({ port, network, state, vm }: PortRow, words: string): boolean {
  const { id, name, mac, fixedIps, networkId, vnicType, hostId, deviceId, pciAddress } = port;
  const all = [id, name, mac, ...fixedIps, network, networkId, vnicType, hostId, vm, deviceId, pciAddress];
  const text = `${all.join('\n')}\n${state.name}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
