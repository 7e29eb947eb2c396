import { pciAddressParts } from '@virtfn/model';
import type { KernelDriver } from '../drivers/index.ts';
import type { MachineKernel } from '../machine/machine-kernel.ts';
import {
  freshSettings,
  hasCarrier,
  type SimulatedPf,
  type SimulatedVf,
  sriovTotalVfs,
  vfAddress,
  vfOffset,
} from '../machine/simulated-pf.ts';
import { KernelBlocked, KernelErrno } from './kernel-answer.ts';
import { bindVf, removeVfNetdev } from './vf-driver.ts';

/** How long after the write the links and folders of new VFs appear, for every 16 VFs. */
const VISIBLE_AFTER_MS = 20;

/** `echo N > sriov_numvfs`: sriov_numvfs_store of drivers/pci/iov.c (K1 to K6). */
export function writeSriovNumvfs(machine: MachineKernel, pf: SimulatedPf, numVfs: number): void {
  if (!Number.isInteger(numVfs) || numVfs < 0 || numVfs > 0xffff) throw new KernelErrno('EINVAL');
  if (numVfs > sriovTotalVfs(pf)) throw new KernelErrno('ERANGE');
  // The write that waits holds the lock of its PF, and the rescan lock that all PFs share (K1).
  if (machine.isRescanLocked())
    throw new KernelBlocked('a removal of VFs waits for a process to let go of one');
  if (numVfs === pf.numVfs) return;
  const { driver } = pf;
  if (driver === null) {
    machine.log(pf, 'no driver bound to device; cannot configure SR-IOV');
    throw new KernelErrno('ENOENT');
  }
  if (driver.sriovConfigure === null) {
    machine.log(pf, 'driver does not support SR-IOV configuration via sysfs');
    throw new KernelErrno('ENOENT');
  }
  if (numVfs === 0) {
    disableVfs(machine, pf, driver);
    return;
  }
  if (pf.numVfs > 0) {
    machine.log(pf, `${pf.numVfs} VFs already enabled. Disable before enabling ${numVfs} VFs`);
    throw new KernelErrno('EBUSY');
  }
  const enabled = driver.sriovConfigure(machine.pfState(pf), numVfs);
  if (typeof enabled === 'string') throw new KernelErrno(enabled);
  if (enabled > 0) makeVfs(machine, pf, driver, enabled);
  // The write succeeds all the same (K2).
  if (enabled !== numVfs) machine.log(pf, `${numVfs} VFs requested; only ${enabled} enabled`);
}

/** sriov_enable, whoever asks for it. */
export function makeVfs(machine: MachineKernel, pf: SimulatedPf, driver: KernelDriver, count: number): void {
  checkResources(machine, pf, count);
  enableVfs(machine, pf, driver, count);
}

/** What sriov_enable looks at before it writes to the card (K3). */
function checkResources(machine: MachineKernel, pf: SimulatedPf, count: number): void {
  if (count > pf.mmioForVfs) {
    machine.log(pf, 'not enough MMIO resources for SR-IOV');
    throw new KernelErrno('ENOMEM');
  }
  const { bus, device, function: port } = pciAddressParts(pf.address);
  const lastVf = (device << 3) + port + vfOffset(pf, count) + pf.port.vfStride * (count - 1);
  const lastVfBus = bus + (lastVf >> 8);
  if (lastVfBus <= pf.lastBus) return;
  const hex = (number: number): string => number.toString(16).padStart(2, '0');
  const range = pf.lastBus === bus ? `[bus ${hex(bus)}]` : `[bus ${hex(bus)}-${hex(pf.lastBus)}]`;
  machine.log(pf, `can't enable ${count} VFs (bus ${hex(lastVfBus)} out of range of ${range})`);
  throw new KernelErrno('ENOMEM');
}

function enableVfs(machine: MachineKernel, pf: SimulatedPf, driver: KernelDriver, count: number): void {
  const now = machine.clock.now();
  const settings = freshSettings(driver);
  pf.numVfsOfCard = count;
  for (let vfIndex = 0; vfIndex < count; vfIndex += 1) {
    const vf: SimulatedVf = {
      vfIndex,
      driver: null,
      netdevName: null,
      effectiveMac: null,
      ownMac: null,
      mtu: 1500,
      settings,
      users: machine.noUsers,
      visibleAt: now + VISIBLE_AFTER_MS * (1 + (vfIndex >> 4)),
      resetUntil: 0,
    };
    pf.vfs.push(vf);
    machine.uevent('add', 'pci', () => vfAddress(pf, vfIndex));
    if (pf.driversAutoprobe) bindVf(machine, pf, vf, driver.vfDriver);
  }
  // The kernel tells of the PF before it counts the VFs (K6).
  machine.uevent('change', 'pci', () => pf.address);
  pf.numVfs = count;
  machine.changed(pf);
  resetPf(machine, pf, driver);
}

/** Removes all VFs, or hangs as long as a process holds one through VFIO. */
export function disableVfs(machine: MachineKernel, pf: SimulatedPf, driver: KernelDriver): void {
  const held = pf.vfs.some((vf) => vf.users.some((user) => user.kind === 'vfio'));
  if (held) {
    // The driver's own check for assigned VFs sees Xen only, so it goes on, and VFIO waits for the process (K4).
    pf.removalBlocked = true;
    machine.log(pf, 'Relaying device request to user');
    throw new KernelBlocked('a process holds a VF through VFIO');
  }
  for (const vf of pf.vfs) {
    removeVfNetdev(machine, pf, vf);
    machine.uevent('remove', 'pci', () => vfAddress(pf, vf.vfIndex));
  }
  pf.vfs = [];
  pf.numVfsOfCard = 0;
  pf.numVfs = 0;
  machine.changed(pf);
  resetPf(machine, pf, driver);
}

/** Goes on with a removal that waited, once nobody holds a VF any more. */
export function resumeRemoval(machine: MachineKernel, pf: SimulatedPf): void {
  if (!pf.removalBlocked || pf.driver === null) return;
  if (pf.vfs.some((vf) => vf.users.some((user) => user.kind === 'vfio'))) return;
  pf.removalBlocked = false;
  disableVfs(machine, pf, pf.driver);
}

function resetPf(machine: MachineKernel, pf: SimulatedPf, driver: KernelDriver): void {
  if (driver.linkAwayMs === 0 || !hasCarrier(pf, machine.clock.now())) return;
  pf.linkBackAt = machine.clock.now() + driver.linkAwayMs;
  machine.changed(pf);
  machine.clock.after(driver.linkAwayMs, () => machine.changed(pf));
}
