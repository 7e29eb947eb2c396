import { finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';
import { hintKernelPackage } from './hints.ts';

const CODE = 'sriov-without-driver';

/** Finds PFs that could have VFs if a driver were bound to them. One finding a PF. */
export const sriovWithoutDriver: Check = {
  code: CODE,
  hiddenBy: ['driver-blacklisted'],
  run: ({ pfs, networkFunctions, kernel, distribution }) =>
    pfs
      .filter((pf) => pf.totalVfs > 0 && pf.driver === null)
      .map((pf) => {
        const own = networkFunctions.find(({ pciAddress }) => pciAddress === pf.pciAddress);
        const [module] = own?.modules ?? [];
        const name = kernel.release === null ? 'the kernel' : `kernel ${kernel.release}`;
        const hint =
          module === undefined
            ? `No module of ${name} names ${pf.vendorId}:${pf.productId}. Install all modules of the kernel (${hintKernelPackage(distribution, kernel.release)}), or the driver of the vendor`
            : `Load it: \`modprobe ${module}\`; \`dmesg | grep ${pf.pciAddress}\` shows why it stays away`;
        return finding(
          CODE,
          `The card can have ${pf.totalVfs} VFs, but no driver is bound to it: ${describeFunction(pf)}.`,
          hint,
          pf.pciAddress,
        );
      }),
};
