import type { SimulatedMachine, SimulatedPf } from '../machine/index.ts';
import { canPing, type Network, type Station, type Wire } from '../veb/index.ts';
import { vebPortOf } from './veb-port-of.ts';

/** A port of a machine on a wire. */
export interface WireEnd {
  readonly machine: SimulatedMachine;
  readonly pf: SimulatedPf;
}

/** A VF, and who is in it. */
export interface VfPlace extends WireEnd {
  readonly vfIndex: number;
}

/** Ports of machines joined by one wire. */
export interface Wiring {
  readonly ends: readonly WireEnd[];
  readonly carries: Wire['carries'];
}

const WIRE = 'wire';

/** Joins ports of any machines by a hub, or by a switch that carries only some VLANs. A port belongs to one wire. */
export function joinByWire(ends: readonly WireEnd[], carries: Wire['carries'] = { kind: 'all' }): Wiring {
  return { ends, carries };
}

/** All ports of the wiring as they are now, each named as `portNameOf` says. */
export function wiredNetwork({ ends, carries }: Wiring): Network {
  return {
    ports: ends.map(({ machine, pf }) => ({
      name: portNameOf(machine, pf),
      port: vebPortOf(machine, pf),
      wireName: WIRE,
    })),
    wires: [{ name: WIRE, carries }],
  };
}

/**
 * Whether what runs in VF `a` pings what runs in VF `b` now. They send untagged: VLANs are the port VLANs that their PFs
 * set. A VF in which nothing runs pings nobody.
 *
 * @throws {SriovError} PF_UNKNOWN when a place is not on the wire, ESWITCH_MODE_UNSUPPORTED for a port in switchdev mode
 */
export function pingBetween(wiring: Wiring, a: VfPlace, b: VfPlace): boolean {
  const network = wiredNetwork(wiring);
  const from = stationOf(network, a);
  const to = stationOf(network, b);
  return from !== null && to !== null && canPing(network, from, to);
}

/** Name of a port in the network: host and interface, `fish-1/eth2`. */
export function portNameOf(machine: SimulatedMachine, pf: SimulatedPf): string {
  return `${machine.hostId}/${pf.netdevName}`;
}

function stationOf(network: Network, { machine, pf, vfIndex }: VfPlace): Station | null {
  const portName = portNameOf(machine, pf);
  const port = network.ports.find(({ name }) => name === portName)?.port ?? vebPortOf(machine, pf);
  const mac = port.vfs.find((vf) => vf.vfIndex === vfIndex)?.effectiveMac ?? null;
  return mac === null ? null : { portName, at: { kind: 'vf', vfIndex }, mac, vlan: null };
}
