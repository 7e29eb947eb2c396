import { kernelDriver } from '../drivers/index.ts';
import type { MachineKernel } from '../machine/machine-kernel.ts';
import { type SimulatedPf, sriovTotalVfs } from '../machine/simulated-pf.ts';
import { setPfDriver } from './pf-driver.ts';
import { makeVfs } from './sriov-numvfs.ts';

/**
 * `modprobe -r igb; modprobe igb`, with the options that /etc/modprobe.d has for it: all PFs of the driver lose their VFs
 * and their interfaces, and come back down.
 *
 * @throws {KernelBlocked} while a process holds a VF through VFIO
 */
export function reloadDriver(machine: MachineKernel, driver: string): void {
  const pfs = machine.pfs.filter(
    (pf) => pf.driver?.name === driver || (pf.driver === null && pf.card.driver === driver),
  );
  for (const pf of pfs) setPfDriver(machine, pf, null);
  for (const pf of pfs) {
    setPfDriver(machine, pf, kernelDriver(driver));
    makeOptionVfs(machine, pf);
  }
}

/** VFs that the option of a driver's module makes as soon as it is loaded (igb_probe_vfs). As many as there can be. */
export function makeOptionVfs(machine: MachineKernel, pf: SimulatedPf): void {
  const { driver } = pf;
  const asked = driver === null ? 0 : (machine.moduleOptions.get(driver.name) ?? 0);
  const count = Math.min(asked, sriovTotalVfs(pf));
  if (driver !== null && count > 0) makeVfs(machine, pf, driver, count);
}
