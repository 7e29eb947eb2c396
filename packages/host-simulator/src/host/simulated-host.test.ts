import { hostContract } from '@virtfn/host/contract';
import { parseHostId, parsePciAddress } from '@virtfn/model';
import {
  BCM57414,
  type Card,
  CONNECTX_6,
  INTEL_82576,
  INTEL_E810,
  INTEL_I350,
  INTEL_X710,
  MOVING_82576,
} from '../cards/index.ts';
import { addFdbEntry } from '../kernel/index.ts';
import { SimulatedMachine, VirtualClock } from '../machine/index.ts';
import { SimulatedHost } from './simulated-host.ts';

/** Every card in the catalog, so that each row of the capability table that a card has is held against its driver. */
const CARDS_UNDER_TEST: readonly { name: string; card: Card }[] = [
  { name: 'simulated 82576', card: INTEL_82576 },
  { name: 'simulated I350', card: INTEL_I350 },
  { name: 'simulated X710', card: INTEL_X710 },
  { name: 'simulated E810', card: INTEL_E810 },
  { name: 'simulated ConnectX-6', card: CONNECTX_6 },
  { name: 'simulated BCM57414', card: BCM57414 },
  { name: 'simulated card whose VFs move with their number', card: MOVING_82576 },
];

for (const { name, card } of CARDS_UNDER_TEST) {
  hostContract(name, async () => {
    const machine = new SimulatedMachine(parseHostId('contract'), new VirtualClock(), [
      { card, slot: '0000:3b:00', netdevNames: ['ens1f0', 'ens1f1'] },
    ]);
    const pf = parsePciAddress('0000:3b:00.0');
    return {
      host: new SimulatedHost(machine),
      pf,
      reset: async () => machine.reboot(),
      holdByVfio: async (vfIndex) => {
        machine.addVfUser(machine.pf(pf), vfIndex, { kind: 'vfio', process: 'qemu-system-x86', vm: 'vm1' });
        return async () => machine.removeVfUsers(machine.pf(pf), vfIndex);
      },
      addOthersFdbEntry: async (mac) => addFdbEntry(machine, machine.pf(pf), mac),
      close: async () => {},
    };
  });
}
