import { type MacAddress, SriovError } from '@virtfn/model';
import { pickedMac } from '../kernel/index.ts';
import { hasCarrier, type SimulatedMachine, type SimulatedPf, type SimulatedVf } from '../machine/index.ts';
import type { VebPort, VfPool } from '../veb/index.ts';

/**
 * The embedded switch of a PF as the machine's state makes it now. Drivers in VFs ask for nothing but their own MAC:
 * no further addresses, no VLANs, not promiscuous. Their interfaces are up.
 *
 * @throws {SriovError} ESWITCH_MODE_UNSUPPORTED in switchdev mode, where rules switch frames and not the card by itself
 */
export function vebPortOf(machine: SimulatedMachine, pf: SimulatedPf): VebPort {
  if (pf.eswitchMode === 'switchdev') {
    throw new SriovError(
      'ESWITCH_MODE_UNSUPPORTED',
      `Cannot switch frames of PF ${pf.address} on simulated host ${machine.hostId}: it is in switchdev mode`,
      { details: { pf: pf.address, host: machine.hostId } },
    );
  }
  const now = machine.clock.now();
  return {
    bridgeMode: 'veb',
    adminUp: pf.adminUp,
    carrier: hasCarrier(pf, now),
    pf: { macs: [pf.mac], fdbMacs: pf.fdb, promiscuous: pf.promiscuous, vlanIds: [] },
    vfs: pf.vfs.map((vf) => vfPoolOf(pf, vf, now)),
  };
}

function vfPoolOf(pf: SimulatedPf, vf: SimulatedVf, now: number): VfPool {
  const { adminMac, vlan, spoofCheck, trust, linkState } = vf.settings;
  return {
    vfIndex: vf.vfIndex,
    effectiveMac: now < vf.resetUntil ? null : sendingMac(pf, vf),
    adminMac,
    extraMacs: [],
    promiscuous: false,
    vlan,
    guestVlanIds: [],
    // Not reported (-1) is not there.
    spoofCheck: spoofCheck ?? false,
    trust: trust ?? false,
    linkState,
  };
}

/**
 * What runs in the VF sends from its driver's MAC. On vfio-pci a guest is taken to run, whether or not a process was seen:
 * its driver gets the admin MAC from the card, or makes one up. Without a driver nothing runs.
 */
function sendingMac(pf: SimulatedPf, vf: SimulatedVf): MacAddress | null {
  if (vf.driver !== 'vfio-pci') return vf.effectiveMac;
  return vf.settings.adminMac ?? pickedMac(pf, vf.vfIndex);
}
