// The labs that can be started: which hosts, which cards in which slots, which wires. Pure data, and what must hold for it.
// Never a word on how QEMU does it (lab/machine), and never a host with more memory than its cards can live with.
import { LabError } from '../lab-error.ts';
import { pair } from './pair.ts';
import { single } from './single.ts';
import type { CardTopology, HostTopology, LabTopology } from './topology.ts';

export type { CardTopology, HostTopology, LabTopology } from './topology.ts';

const known: readonly LabTopology[] = [pair, single];

/** @throws {LabError} naming those that exist */
export function getTopology(name: string): LabTopology {
  const found = known.find((topology) => topology.name === name);
  if (found !== undefined) return found;
  const names = known.map((topology) => topology.name).join(', ');
  throw new LabError(`Cannot find the topology "${name}": there are ${names}`);
}

/** Where a card's PF appears: each slot is a PCI Express root port, and so a bus of its own. */
export function pciAddressOf({ slot }: CardTopology): string {
  return `0000:${slot.toString(16).padStart(2, '0')}:00.0`;
}

/** The hosts on a wire with the cards each has on it, in the order of the topology. */
export function endsOfWire(topology: LabTopology, wire: string): readonly HostTopology[] {
  return topology.hosts.filter((host) => host.cards.some((card) => card.wire === wire));
}

/**
 * The most memory a host may have. From 2.75 GiB on q35 maps memory above 4 GiB, and QEMU 10.0 then has the registers
 * of igb's VFs elsewhere than the kernel: every VF is dead, while each call that sets one up says success.
 */
const mostMemoryMegabytes = 2560;

/** @throws {LabError} for a topology that would not work; a wrong one must fail here, not as a VF that passes nothing */
export function requireSoundTopology(topology: LabTopology): void {
  const refuse = (state: string, hint?: string): never => {
    const message = `Cannot use the topology "${topology.name}": ${state}`;
    throw new LabError(message, hint === undefined ? {} : { hint });
  };
  if (topology.hosts.length === 0) refuse('it has no host');
  const names = topology.hosts.map(({ name }) => name);
  if (new Set(names).size < names.length) refuse('two hosts have the same name');
  for (const host of topology.hosts) {
    if (!/^[a-z][a-z0-9-]*$/.test(host.name)) refuse(`"${host.name}" is no name for a host`);
    if (host.memoryMegabytes > mostMemoryMegabytes) {
      const hint = `Give it ${mostMemoryMegabytes} MB or less. With more, VFs appear and pass nothing, and no call fails`;
      refuse(`${host.name} has ${host.memoryMegabytes} MB of memory`, hint);
    }
    const slots = host.cards.map(({ slot }) => slot);
    // Buses are numbered in the order of the root ports, so a gap would shift the addresses behind it.
    if (slots.some((slot, at) => slot !== at + 1))
      refuse(`the slots of ${host.name} are not 1, 2, …: ${slots.join(', ')}`);
    for (const { wire } of host.cards) {
      const ends = endsOfWire(topology, wire).length;
      if (ends > 2) refuse(`${ends} hosts are on the wire "${wire}": it joins two at most`);
    }
  }
}
