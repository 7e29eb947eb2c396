import type { EswitchMode, MacAddress } from '@virtfn/model';
import type { MachineKernel } from '../machine/machine-kernel.ts';
import { pfNetdevName, type SimulatedPf } from '../machine/simulated-pf.ts';
import { KernelErrno } from './kernel-answer.ts';

/** `devlink dev eswitch set mode` (K13). */
export function setEswitchMode(machine: MachineKernel, pf: SimulatedPf, mode: EswitchMode): void {
  const rules = pf.driver?.switchdev ?? null;
  if (rules === null || pf.eswitchMode === null) throw new KernelErrno('EOPNOTSUPP');
  if (pf.eswitchMode === mode) {
    if (rules.refusesSameMode) throw new KernelErrno('EINVAL');
    return;
  }
  if (rules.needsZeroVfs && pf.numVfs > 0) throw new KernelErrno('EOPNOTSUPP');
  if (rules.needsUnboundVfs && pf.vfs.some((vf) => vf.driver !== null)) throw new KernelErrno('EBUSY');
  pf.eswitchMode = mode;
  machine.uevent('change', 'pci', () => pf.address);
  machine.changed(pf);
}

/** `ip link set PF mtu N`. 9710 is the largest that the drivers here take. */
export function setPfMtu(machine: MachineKernel, pf: SimulatedPf, mtu: number): void {
  if (pfNetdevName(pf) === null) throw new KernelErrno('ENODEV');
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 9710) throw new KernelErrno('EINVAL');
  pf.mtu = mtu;
  machine.changed(pf);
}

/** `ip link set PF up|down`. */
export function setPfUp(machine: MachineKernel, pf: SimulatedPf, up: boolean): void {
  if (pfNetdevName(pf) === null) throw new KernelErrno('ENODEV');
  if (pf.adminUp === up) return;
  pf.adminUp = up;
  machine.changed(pf);
}

/** `bridge fdb replace MAC dev PF self`: the card sends frames for this MAC to the PF. Not refused when it is there. */
export function addFdbEntry(machine: MachineKernel, pf: SimulatedPf, mac: MacAddress): void {
  if (pfNetdevName(pf) === null) throw new KernelErrno('ENODEV');
  if (pf.fdb.includes(mac)) return;
  if (pf.driver !== null && pf.driver.fdbRoom !== null && pf.fdb.length >= pf.driver.fdbRoom) {
    throw new KernelErrno('ENOMEM');
  }
  pf.fdb = [...pf.fdb, mac];
  machine.changed(pf);
}

/** `bridge fdb del MAC dev PF self` */
export function removeFdbEntry(machine: MachineKernel, pf: SimulatedPf, mac: MacAddress): void {
  if (!pf.fdb.includes(mac)) throw new KernelErrno('ENOENT');
  pf.fdb = pf.fdb.filter((each) => each !== mac);
  machine.changed(pf);
}

/** `ip link set PF promisc on|off`, and what the kernel does when the PF joins or leaves a bridge. */
export function setPfPromiscuous(machine: MachineKernel, pf: SimulatedPf, promiscuous: boolean): void {
  if (pfNetdevName(pf) === null) throw new KernelErrno('ENODEV');
  if (pf.promiscuous === promiscuous) return;
  pf.promiscuous = promiscuous;
  machine.changed(pf);
}
