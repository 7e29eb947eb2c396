import { INTEL_E810, fishMachine, type SimulatedMachine, type VirtualClock } from '@virtfn/host-simulator';
import type { HostId } from '@virtfn/model';

/** The host of the notes with one more card, whose driver counts what each VF passes: the others' do not. */
export function usualMachine(clock: VirtualClock, hostId: HostId): SimulatedMachine {
  return fishMachine(clock, hostId, [
    { card: INTEL_E810, slot: '0000:c1:00', netdevNames: ['eth4', 'eth5'], numaNode: 1 },
  ]);
}

/** VFs on both ports of the 82576 and on one of the E810, none on the I350, which carries the default route. */
export const USUAL_CONFIG = `version: 1
controllerMayChangeVfs: true
pfs:
  - match: { pciAddress: '0000:07:00.0' }
    numVfs: 0
    physicalNetworks: [physnet2]
  - match: { pciAddress: '0000:07:00.1' }
    numVfs: 0
    physicalNetworks: [physnet2]
  - match: { pciAddress: '0000:82:00.0' }
    numVfs: 7
    physicalNetworks: [physnet1]
  - match: { pciAddress: '0000:82:00.1' }
    numVfs: 7
    physicalNetworks: [physnet1]
  - match: { pciAddress: '0000:c1:00.0' }
    numVfs: 16
    physicalNetworks: [physnet3]
`;
