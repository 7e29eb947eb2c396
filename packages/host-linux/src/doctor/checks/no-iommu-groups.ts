import { finding } from '@virtfn/model';
import type { Check } from './check.ts';

const CODE = 'no-iommu-groups';
const SAID = /DMAR|AMD-Vi|IOMMU/i;
const TROUBLE = /fail|error|bug|disabl|broken|invalid|not support/i;

/** Finds a machine without IOMMU groups for which no other cause is known. */
export const noIommuGroups: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card', 'iommu-firmware-off', 'iommu-off'],
  run({ iommu, kernel, pfs, networkFunctions }) {
    if (iommu.hasGroups || (pfs.length === 0 && networkFunctions.length === 0)) return [];
    const said = kernel.messages?.findLast((message) => SAID.test(message) && TROUBLE.test(message));
    return [
      finding(
        CODE,
        `The kernel made no IOMMU groups, so VFIO can give no VF to a virtual machine${said === undefined ? '' : `; it said "${said}"`}.`,
        'Look with `dmesg | grep -i -e DMAR -e AMD-Vi -e IOMMU`; the kernel needs CONFIG_INTEL_IOMMU or CONFIG_AMD_IOMMU (`grep _IOMMU= /boot/config-$(uname -r)`), and a BIOS that is up to date',
      ),
    ];
  },
};
