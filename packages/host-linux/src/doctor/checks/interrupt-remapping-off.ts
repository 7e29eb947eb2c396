import { finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { hintKernelArguments } from './hints.ts';

const CODE = 'interrupt-remapping-off';

/** Finds a machine whose interrupts are not remapped: VFIO refuses to work then (K8). */
export const interruptRemappingOff: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card', 'iommu-firmware-off', 'iommu-off', 'no-iommu-groups'],
  run({ iommu, kernel, distribution }) {
    if (iommu.remapsInterrupts !== false) return [];
    const off = (kernel.commandLine ?? []).filter((each) => /^intremap=(?:[\w,]*,)?off$/.test(each));
    const way =
      off.length > 0
        ? hintKernelArguments(distribution, { remove: off })
        : 'Enable "interrupt remapping" or "x2APIC" in the BIOS. Only where every guest is trusted: `echo "options vfio_iommu_type1 allow_unsafe_interrupts=1" > /etc/modprobe.d/vfio.conf`';
    const now = iommu.allowsUnsafeInterrupts
      ? 'VFIO works all the same, since allow_unsafe_interrupts is set, so a guest can send interrupts to the host as it likes'
      : 'VFIO refuses to give a VF to a virtual machine';
    return [
      finding(CODE, `Interrupts are not remapped: no chip in /proc/interrupts is named IR-. ${now}.`, way),
    ];
  },
};
