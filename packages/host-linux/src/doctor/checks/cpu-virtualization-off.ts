import { finding } from '@virtfn/model';
import type { Check } from './check.ts';

const CODE = 'cpu-virtualization-off';

/** Finds an x86 processor without the flags vmx or svm. */
export const cpuVirtualizationOff: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card'],
  run({ cpu }) {
    if (cpu === null || cpu.hasVirtualization) return [];
    const flag = cpu.vendor === 'amd' ? 'svm' : cpu.vendor === 'intel' ? 'vmx' : 'vmx or svm';
    if (cpu.isGuest) {
      const module = cpu.vendor === 'amd' ? 'kvm_amd' : 'kvm_intel';
      return [
        finding(
          CODE,
          `This is a virtual machine, and its processor has no flag ${flag}: nesting is off.`,
          `On the host of this machine: \`modprobe -r ${module}; modprobe ${module} nested=1\`, and \`<cpu mode='host-passthrough'/>\` in its XML`,
        ),
      ];
    }
    const names = { amd: '"SVM Mode"', intel: '"Intel Virtualization Technology"' };
    const name = cpu.vendor === null ? `${names.intel} or ${names.amd}` : names[cpu.vendor];
    return [
      finding(
        CODE,
        `The processor has no flag ${flag}, so KVM cannot run virtual machines.`,
        `Enable ${name} in the BIOS, then switch the machine off and on; \`systemctl reboot --firmware-setup\` leads there`,
      ),
    ];
  },
};
