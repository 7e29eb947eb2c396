import type { EswitchMode } from '@virtfn/model';
import type { MachineKernel } from '../machine/machine-kernel.ts';
import type { SimulatedPf } from '../machine/simulated-pf.ts';
import { KernelErrno } from './kernel-answer.ts';

/** `devlink dev eswitch set mode` (K13). */
export function setEswitchMode(machine: MachineKernel, pf: SimulatedPf, mode: EswitchMode): void {
  const rules = pf.driver?.switchdev ?? null;
  if (rules === null || pf.eswitchMode === null) throw new KernelErrno('EOPNOTSUPP');
  if (pf.eswitchMode === mode) return;
  if (rules.needsZeroVfs && pf.numVfs > 0) throw new KernelErrno('EOPNOTSUPP');
  if (rules.needsUnboundVfs && pf.vfs.some((vf) => vf.driver !== null)) throw new KernelErrno('EBUSY');
  pf.eswitchMode = mode;
  machine.uevent('change', 'pci', () => pf.address);
  machine.changed(pf);
}

/** `ip link set PF mtu N`. 9710 is the largest that the drivers here take. */
export function setPfMtu(machine: MachineKernel, pf: SimulatedPf, mtu: number): void {
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 9710) throw new KernelErrno('EINVAL');
  pf.mtu = mtu;
  machine.changed(pf);
}

/** `ip link set PF up|down`. */
export function setPfUp(machine: MachineKernel, pf: SimulatedPf, up: boolean): void {
  if (pf.adminUp === up) return;
  pf.adminUp = up;
  machine.changed(pf);
}
