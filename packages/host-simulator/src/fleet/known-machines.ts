import { type HostId, parseHostId } from '@virtfn/model';
import { INTEL_82576, INTEL_I350 } from '../cards/index.ts';
import { type CardSlot, SimulatedMachine, type VirtualClock } from '../machine/index.ts';

/**
 * The host `fish`: an I350 with two ports at 07:00 (eth0 with the default route, eth1) and an 82576 with two ports
 * at 82:00 (eth2, eth3).
 *
 * @param more cards that it has beside them
 */
export function fishMachine(
  clock: VirtualClock,
  hostId: HostId = parseHostId('fish'),
  more: readonly CardSlot[] = [],
): SimulatedMachine {
  return new SimulatedMachine(
    hostId,
    clock,
    [
      {
        card: INTEL_I350,
        slot: '0000:07:00',
        netdevNames: ['eth0', 'eth1'],
        numaNode: 0,
        defaultRoutePort: 0,
      },
      { card: INTEL_82576, slot: '0000:82:00', netdevNames: ['eth2', 'eth3'], numaNode: 1 },
      ...more,
    ],
    { udevRenames: false },
  );
}
