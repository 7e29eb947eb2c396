import { finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { describeFunctions, onlyAddress } from './describe-functions.ts';
import { hintKernelImage } from './hints.ts';

const CODE = 'kernel-without-sriov';

/** Finds cards whose capability the kernel does not offer, because it was built without. */
export const kernelWithoutSriov: Check = {
  code: CODE,
  hiddenBy: [],
  run({ networkFunctions, kernel, distribution }) {
    const hidden = networkFunctions.filter(
      ({ capability, totalVfs }) =>
        totalVfs === null && capability.kind === 'present' && capability.totalVfs > 0,
    );
    if (hidden.length === 0 || kernel.hasSriov === true) return [];
    const name = kernel.release === null ? 'the kernel' : `kernel ${kernel.release}`;
    const sure = kernel.hasSriov === false ? 'is' : 'seems to be';
    return [
      finding(
        CODE,
        `Cards with SR-IOV are there, but ${name} ${sure} built without CONFIG_PCI_IOV: ${describeFunctions(hidden)}.`,
        `Boot a kernel with SR-IOV, as distributions have it: ${hintKernelImage(distribution)}. \`grep PCI_IOV /boot/config-*\` shows which one has`,
        onlyAddress(hidden),
      ),
    ];
  },
};
