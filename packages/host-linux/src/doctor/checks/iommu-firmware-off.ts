import { finding } from '@virtfn/model';
import type { Check } from './check.ts';

const CODE = 'iommu-firmware-off';

/** Finds firmware that tells of no IOMMU: no DMAR (Intel), no IVRS (AMD). Only judged on x86. */
export const iommuFirmwareOff: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card'],
  run({ cpu, iommu }) {
    if (cpu === null || iommu.isInUse || iommu.tables === null || iommu.tables.length > 0) return [];
    if (cpu.isGuest) {
      return [
        finding(
          CODE,
          'This virtual machine has no IOMMU: its firmware has neither a DMAR nor an IVRS table.',
          "Give it one: `<iommu model='intel'><driver intremap='on' caching_mode='on'/></iommu>` and `<ioapic driver='qemu'/>` in its XML, or `-device intel-iommu,intremap=on` to QEMU",
        ),
      ];
    }
    const [table, name] =
      cpu.vendor === 'amd' ? ['IVRS', '"IOMMU" (AMD-Vi)'] : ['DMAR', '"VT-d" (Intel VT for Directed I/O)'];
    return [
      finding(
        CODE,
        `The firmware tells of no IOMMU: /sys/firmware/acpi/tables has no ${table}. No VF can be given to a virtual machine.`,
        `Enable ${name} in the BIOS, then switch the machine off and on; \`systemctl reboot --firmware-setup\` leads there`,
      ),
    ];
  },
};
