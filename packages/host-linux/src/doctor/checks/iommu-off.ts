import { type Finding, finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { hintKernelArguments } from './hints.ts';

const CODE = 'iommu-off';

/** Arguments that switch the IOMMU off. */
const OFF = /^(?:intel_iommu=off|amd_iommu=off|iommu=(?:[\w,]*,)?off)$/;

/** Finds a kernel that was told, or not told otherwise, to leave the IOMMU alone. */
export const iommuOff: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card', 'iommu-firmware-off'],
  run({ cpu, iommu, kernel, distribution }): readonly Finding[] {
    if (iommu.isInUse || kernel.commandLine === null) return [];
    const off = kernel.commandLine.filter((argument) => OFF.test(argument));
    if (off.length > 0) {
      return [
        finding(
          CODE,
          `The kernel was booted with \`${off.join(' ')}\`, so it does not use the IOMMU.`,
          hintKernelArguments(distribution, { remove: off }),
        ),
      ];
    }
    const isIntel =
      iommu.tables?.includes('DMAR') === true || (iommu.tables === null && cpu?.vendor === 'intel');
    if (!isIntel || kernel.commandLine.some((argument) => /^intel_iommu=(?:.*,)?on\b/.test(argument)))
      return [];
    return [
      finding(
        CODE,
        'The machine has an IOMMU (VT-d), but the kernel was not told to use it: `intel_iommu=on` is missing from its command line.',
        hintKernelArguments(distribution, { add: ['intel_iommu=on', 'iommu=pt'] }),
      ),
    ];
  },
};
