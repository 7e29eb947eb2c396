import { isSameVlan, type MacAddress, type Vlan } from '@virtfn/model';
import { BROADCAST_MAC, type Frame } from './frame.ts';
import type { Endpoint } from './veb-port.ts';
import { deliver, type Network } from './wires.ts';

/** Somebody with an IP address: in a VF, on the PF, or behind a bridge over the PF. */
export interface Station {
  readonly portName: string;
  readonly at: Endpoint;
  /** The address that it sends from. */
  readonly mac: MacAddress;
  /** The tag that it puts on itself, as `eth0.100` does; null for none, also inside a VF with a port VLAN. */
  readonly vlan: Vlan | null;
}

/**
 * Whether a ping from `a` to `b` is answered, with empty ARP caches: `a` asks by broadcast who `b` is, `b` answers it,
 * then request and reply. Two stations behind the same PF talk over the host's bridge, which is not here: no ping.
 *
 * @throws {SriovError} PF_UNKNOWN, VF_INDEX_INVALID
 */
export function canPing(network: Network, a: Station, b: Station): boolean {
  return hears(network, a, b, BROADCAST_MAC) && hears(network, b, a, a.mac) && hears(network, a, b, b.mac);
}

function hears(network: Network, from: Station, to: Station, dstMac: string): boolean {
  const frame: Frame = { srcMac: from.mac, dstMac, vlan: from.vlan };
  return deliver(network, from.portName, from.at, frame).some(
    (each) =>
      each.portName === to.portName && isSameEndpoint(each.at, to.at) && isSameTag(each.frame.vlan, to.vlan),
  );
}

function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.kind === 'vf' && b.kind === 'vf' ? a.vfIndex === b.vfIndex : a.kind === b.kind;
}

/** A station in a VLAN takes its frames whatever their priority. */
function isSameTag(a: Vlan | null, b: Vlan | null): boolean {
  return isSameVlan(a === null ? null : { ...a, qos: 0 }, b === null ? null : { ...b, qos: 0 });
}
