import { finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { hintKernelPackage } from './hints.ts';

const CODE = 'vfio-missing';

/** Finds a kernel without vfio-pci, loaded or on disk. */
export const vfioMissing: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card'],
  run({ vfio, kernel, distribution }) {
    if (vfio.isLoaded || vfio.isInstalled !== false) return [];
    return [
      finding(
        CODE,
        `Kernel ${kernel.release ?? ''} has no module vfio-pci, which gives VFs to virtual machines.`,
        hintKernelPackage(distribution, kernel.release),
      ),
    ];
  },
};
