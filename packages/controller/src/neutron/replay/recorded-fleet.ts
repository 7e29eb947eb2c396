import {
  INTEL_E810,
  observeMachine,
  SimulatedMachine,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import type { HostReport } from '@virtfn/contract';
import { parseHostId, parsePciAddress, parsePhysicalNetwork, type PhysicalFunction } from '@virtfn/model';

const PHYSNET1 = [parsePhysicalNetwork('physnet1')];
const PHYSNET2 = [parsePhysicalNetwork('physnet2')];

/** Where the VFs of a PF are: at the addresses that the recorded Nova names; a card of ours has them elsewhere. */
const VF_SLOTS: Readonly<Record<string, string>> = {
  '0000:af:00.1': '0000:af:06',
  '0000:b0:00.0': '0000:3b:02',
};

/** A host as the recorded exchanges speak of: a PF to be given away whole, two with VFs, and one on another wire. */
export function recordedHost(name: string): HostReport {
  const machine = new SimulatedMachine(parseHostId(name), new VirtualClock(), [
    { card: INTEL_E810, slot: '0000:af:00', netdevNames: ['ens1f0', 'ens1f1'] },
    { card: INTEL_E810, slot: '0000:b0:00', netdevNames: ['ens2f0', 'ens2f1'] },
  ]);
  machine.clock.advance(5000);
  for (const pf of machine.pfs) {
    writeSriovNumvfs(machine, pf, VF_SLOTS[pf.address] === undefined ? 0 : 8);
    machine.clock.advance(5000);
  }
  const observed = observeMachine(machine);
  return {
    observed: { ...observed, pfs: observed.pfs.map(moved) },
    findings: [],
    physicalNetworks: new Map(
      observed.pfs.map((pf) => [pf.pciAddress, pf.netdevName === 'ens2f1' ? PHYSNET2 : PHYSNET1]),
    ),
  };
}

function moved(pf: PhysicalFunction): PhysicalFunction {
  const slot = VF_SLOTS[pf.pciAddress];
  if (slot === undefined) return pf;
  return {
    ...pf,
    vfs: pf.vfs.map((vf) => ({ ...vf, pciAddress: parsePciAddress(`${slot}.${vf.vfIndex}`) })),
  };
}
