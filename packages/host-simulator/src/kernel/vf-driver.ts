import { type MacAddress, parseNetdevName, type VfDriver, vfPciAddress } from '@virtfn/model';
import type { MachineKernel } from '../machine/machine-kernel.ts';
import type { SimulatedPf, SimulatedVf } from '../machine/simulated-pf.ts';
import { KernelBlocked, KernelErrno } from './kernel-answer.ts';

/** How long after a VF's netdev appears udev gives it its final name. */
const RENAME_AFTER_MS = 40;

function vfAddress(pf: SimulatedPf, vf: SimulatedVf): string {
  return vfPciAddress(pf.address, pf.port.vfOffset, pf.port.vfStride, vf.vfIndex);
}

/** Locally administered and unicast, and for one VF always the same: what a VF driver picks when it was given none. */
function pickedMac(pf: SimulatedPf, vfIndex: number): MacAddress {
  const tail = [0, 0, 0].map((_, index) => Number.parseInt(pf.mac.slice(9 + 3 * index, 11 + 3 * index), 16));
  const hex = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');
  const [a = 0, b = 0, c = 0] = tail;
  return `06:${hex(vfIndex >> 8)}:${hex(vfIndex)}:${hex(a)}:${hex(b)}:${hex(c)}` as MacAddress;
}

/** Binds a driver. The card's own brings a netdev up whose name udev changes a moment later. */
export function bindVf(machine: MachineKernel, pf: SimulatedPf, vf: SimulatedVf, driver: string): void {
  vf.driver = driver;
  machine.uevent('bind', 'pci', () => vfAddress(pf, vf));
  if (driver === 'vfio-pci') return;
  vf.effectiveMac = vf.settings.adminMac ?? pickedMac(pf, vf.vfIndex);
  vf.mtu = 1500;
  const kernelName = parseNetdevName(`eth${machine.takeEthNumber()}`);
  vf.netdevName = kernelName;
  machine.uevent('add', 'net', () => `${vfAddress(pf, vf)}/${kernelName}`);
  machine.clock.after(RENAME_AFTER_MS, () => {
    if (vf.netdevName !== kernelName || !machine.udevRenames) return;
    vf.netdevName = parseNetdevName(`${pf.netdevName}v${vf.vfIndex}`);
    machine.uevent('move', 'net', () => `${vfAddress(pf, vf)}/${vf.netdevName}`);
    machine.changed(pf);
  });
}

export function removeVfNetdev(machine: MachineKernel, pf: SimulatedPf, vf: SimulatedVf): void {
  if (vf.netdevName !== null) machine.uevent('remove', 'net', () => `${vfAddress(pf, vf)}/${vf.netdevName}`);
  if (vf.driver !== null) machine.uevent('unbind', 'pci', () => vfAddress(pf, vf));
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
