// A controller and the agent of one simulated host with a thousand VFs: says where it listens, and ends when its input does.
// Must never share a process with who measures.
import { INTEL_E810, SimulatedMachine } from '@virtfn/host-simulator';
import { parsePciAddress } from '@virtfn/model';
import { MachineFleet } from '../../tools/web/testing/index.ts';

const CARDS = 4;
const VFS_PER_PF = 125;
const BUSES_PER_CARD = 8;
const FIRST_BUS = 0x10;

const slots = Array.from({ length: CARDS }, (_, card) => {
  const bus = FIRST_BUS + BUSES_PER_CARD * card;
  return {
    card: INTEL_E810,
    slot: `0000:${bus.toString(16)}:00`,
    lastBus: bus + BUSES_PER_CARD - 1,
    netdevNames: [`ens${card}f0`, `ens${card}f1`],
  };
});
const pfs = slots.flatMap(({ slot }) => [`${slot}.0`, `${slot}.1`]).map(parsePciAddress);
const fleet = await MachineFleet.start(['wide'], {
  machine: (clock, hostId) => new SimulatedMachine(hostId, clock, slots, { udevRenames: false }),
  numVfs: new Map(pfs.map((pf) => [pf, VFS_PER_PF])),
});
console.log(fleet.url);
process.stdin.on('end', () => void fleet.stop()).resume();
