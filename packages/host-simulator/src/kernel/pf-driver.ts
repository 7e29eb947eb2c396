import { type KernelDriver, vfioPci } from '../drivers/index.ts';
import type { MachineKernel } from '../machine/machine-kernel.ts';
import type { SimulatedPf } from '../machine/simulated-pf.ts';
import { KernelErrno } from './kernel-answer.ts';
import { disableVfs } from './sriov-numvfs.ts';

/**
 * Changes the driver of a PF by unbind and bind. A driver that goes takes its VFs, its interface and all that was set
 * with it (igb_remove); VFIO takes no PF that still has VFs (K8).
 *
 * @throws {KernelBlocked} while a process holds a VF through VFIO
 */
export function setPfDriver(machine: MachineKernel, pf: SimulatedPf, driver: KernelDriver | null): void {
  if (pf.driver === driver) return;
  if (pf.driver !== null) {
    if (pf.numVfs > 0) disableVfs(machine, pf, pf.driver);
    machine.uevent('unbind', 'pci', () => pf.address);
    pf.driver = null;
    pf.adminUp = false;
    pf.mtu = 1500;
    pf.fdb = [];
    pf.promiscuous = false;
  }
  if (driver === vfioPci && pf.numVfs > 0) {
    machine.log(pf, 'Cannot bind to PF with SR-IOV enabled');
    throw new KernelErrno('EBUSY');
  }
  pf.driver = driver;
  if (driver !== null) machine.uevent('bind', 'pci', () => pf.address);
  machine.changed(pf);
}
