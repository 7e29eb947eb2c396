import { type MacAddress, parseNetdevName, type VfDriver } from '@virtfn/model';
import type { MachineKernel } from '../machine/machine-kernel.ts';
import { type SimulatedPf, type SimulatedVf, vfAddress } from '../machine/simulated-pf.ts';
import { KernelBlocked, KernelErrno } from './kernel-answer.ts';

/** How long after a VF's netdev appears udev gives it its final name. */
const RENAME_AFTER_MS = 40;

/** Locally administered and unicast, and for one VF always the same: what a VF driver picks when it was given none. */
export function pickedMac(pf: SimulatedPf, vfIndex: number): MacAddress {
  const first = (0x06 | ((vfIndex >> 4) & 0xf0)).toString(16).padStart(2, '0');
  return `${first}:${(vfIndex & 0xff).toString(16).padStart(2, '0')}${pf.mac.slice(5)}` as MacAddress;
}

/** Binds a driver. The card's own brings a netdev up whose name udev changes a moment later. */
export function bindVf(machine: MachineKernel, pf: SimulatedPf, vf: SimulatedVf, driver: string): void {
  vf.driver = driver;
  if (driver !== 'vfio-pci') addVfNetdev(machine, pf, vf);
  // Told when the driver's probe has returned, so after the interface that it made (really_probe of drivers/base/dd.c).
  machine.uevent('bind', 'pci', () => vfAddress(pf, vf.vfIndex));
}

function addVfNetdev(machine: MachineKernel, pf: SimulatedPf, vf: SimulatedVf): void {
  vf.effectiveMac = vf.settings.adminMac ?? pickedMac(pf, vf.vfIndex);
  if (vf.settings.adminMac === null) vf.ownMac = vf.effectiveMac;
  vf.mtu = 1500;
  const kernelName = parseNetdevName(`eth${machine.freeEthNumber()}`);
  vf.netdevName = kernelName;
  machine.uevent('add', 'net', () => `${vfAddress(pf, vf.vfIndex)}/${kernelName}`);
  machine.clock.after(RENAME_AFTER_MS, () => {
    const isGone = pf.vfs[vf.vfIndex] !== vf || vf.netdevName !== kernelName;
    if (isGone || !machine.udevRenames) return;
    vf.netdevName = parseNetdevName(`${pf.netdevName}v${vf.vfIndex}`);
    machine.uevent('move', 'net', () => `${vfAddress(pf, vf.vfIndex)}/${vf.netdevName}`);
    machine.changed(pf);
  });
}

export function removeVfNetdev(machine: MachineKernel, pf: SimulatedPf, vf: SimulatedVf): void {
  if (vf.netdevName !== null)
    machine.uevent('remove', 'net', () => `${vfAddress(pf, vf.vfIndex)}/${vf.netdevName}`);
  if (vf.driver !== null) machine.uevent('unbind', 'pci', () => vfAddress(pf, vf.vfIndex));
  vf.driver = null;
  vf.netdevName = null;
  vf.effectiveMac = null;
  // What stood on the netdev (a macvtap, a place in a namespace, an RDMA device) goes with it.
  vf.users = machine.noUsers;
}

/** Changes a VF's driver by driver_override, unbind and drivers_probe (K7). */
export function setVfDriver(
  machine: MachineKernel,
  pf: SimulatedPf,
  vf: SimulatedVf,
  wanted: VfDriver,
): void {
  if (pf.removalBlocked) throw new KernelBlocked('the PF waits for a VF to be let go of');
  if (pf.driver === null) throw new KernelErrno('ENODEV');
  const target = wanted === 'none' ? null : wanted === 'kernel' ? pf.driver.vfDriver : 'vfio-pci';
  if (vf.driver === target) return;
  if (vf.users.some((user) => user.kind === 'vfio'))
    throw new KernelBlocked('a process holds the VF through VFIO');
  if (vf.driver !== null) removeVfNetdev(machine, pf, vf);
  if (target !== null) bindVf(machine, pf, vf, target);
  machine.changed(pf);
}
