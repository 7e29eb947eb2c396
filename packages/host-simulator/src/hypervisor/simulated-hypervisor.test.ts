import { hypervisorContract } from '@virtfn/host/contract';
import { parseHostId, parseNetdevName, parsePciAddress } from '@virtfn/model';
import { INTEL_82576 } from '../cards/index.ts';
import { setVfDriver, writeSriovNumvfs } from '../kernel/index.ts';
import { SimulatedMachine, vfAddress, VirtualClock } from '../machine/index.ts';
import { SimulatedHypervisor } from './simulated-hypervisor.ts';

hypervisorContract('simulated', async () => {
  const machine = new SimulatedMachine(parseHostId('contract'), new VirtualClock(), [
    { card: INTEL_82576, slot: '0000:3b:00', netdevNames: ['ens1f0', 'ens1f1'] },
  ]);
  const pf = machine.pf(parsePciAddress('0000:3b:00.0'));
  writeSriovNumvfs(machine, pf, 2);
  const macvtapVf = machine.vf(pf, 1);
  setVfDriver(machine, pf, macvtapVf, 'kernel');
  // udev renames the interface a moment after it appears.
  machine.clock.advance(1000);
  const hypervisor = new SimulatedHypervisor(machine);
  const bridge = { kind: 'bridge', bridge: parseNetdevName('br-net') } as const;
  const name = 'web1';
  const slots = 5;
  const domainId = hypervisor.define(name, { slots });
  return {
    hypervisor,
    domainId,
    name,
    slots,
    bridge,
    sources: [
      { kind: 'vf', pciAddress: vfAddress(pf, 0) },
      { kind: 'macvtap', netdevName: parseNetdevName(macvtapVf.netdevName ?? '') },
      bridge,
    ],
    readVfMac: async () => machine.vf(pf, 0).settings.adminMac,
    start: async () => hypervisor.start(domainId),
    destroy: async () => hypervisor.stop(domainId),
    undefine: async () => hypervisor.undefine(domainId),
    setDeaf: async (isDeaf) => hypervisor.setGuest(domainId, isDeaf ? 'silent' : 'willing'),
    pass: async (ms) => machine.clock.advance(ms),
    close: () => hypervisor.close(),
  };
});
