import type { VfUser } from '@virtfn/model';
import type { PfState } from '../drivers/index.ts';
import type { SimulatedPf } from './simulated-pf.ts';
import type { Uevent } from './uevent.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What the kernel's own code (../kernel) asks of the machine that it runs on. */
export interface MachineKernel {
  readonly clock: VirtualClock;
  readonly pfs: readonly SimulatedPf[];
  /** Numbers of VFs that /etc/modprobe.d asks for, by driver. On disk, so that they outlive a reboot. */
  readonly moduleOptions: Map<string, number>;
  /** The empty list, shared by all VFs without users. */
  readonly noUsers: readonly VfUser[];
  /** Whether udev gives VF netdevs their final name (`ens1f0v3`) after the kernel's (`eth7`). */
  readonly udevRenames: boolean;
  /** What a driver of this PF sees of it now. */
  pfState(pf: SimulatedPf): PfState;
  /** Lowest N for which no interface is named `ethN` now, as the kernel picks it (__dev_alloc_name). */
  freeEthNumber(): number;
  /** Whether a removal of VFs hangs on any PF: it holds the lock that all PFs need to change their VFs (K1, K4). */
  isRescanLocked(): boolean;
  log(pf: SimulatedPf, text: string): void;
  /** `device` is made only if somebody listens. */
  uevent(action: Uevent['action'], subsystem: Uevent['subsystem'], device: () => string): void;
  changed(pf: SimulatedPf): void;
}
