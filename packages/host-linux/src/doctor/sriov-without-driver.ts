import { capabilityOfDriver, type Finding, finding, type PhysicalFunction } from '@virtfn/model';
import { isVfioDriver } from '../sysfs/read-vfs.ts';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';
import type { Facts } from './gather-facts.ts';

const CODE = 'sriov-without-driver';

/** Finds PFs that could have VFs if their driver let them. One finding a PF. */
export const sriovWithoutDriver: Check = {
  code: CODE,
  run: (facts) =>
    facts.pfs
      .filter((pf) => pf.totalVfs > 0)
      .map((pf) => judge(facts, pf))
      .filter((found) => found !== null),
};

function judge(facts: Facts, pf: PhysicalFunction): Finding | null {
  const name = describeFunction(pf);
  if (pf.driver === null) return withoutDriver(facts, pf, name);
  if (isVfioDriver(pf.driver)) {
    const { pciAddress } = pf;
    const device = `/sys/bus/pci/devices/${pciAddress}`;
    return finding(
      CODE,
      `The PF is set aside to be passed through as a whole, so it can have no VFs: ${name}.`,
      `Give it back to its own driver as root: \`echo > ${device}/driver_override; echo ${pciAddress} > ${device}/driver/unbind; echo ${pciAddress} > /sys/bus/pci/drivers_probe\``,
      pciAddress,
    );
  }
  if (capabilityOfDriver(pf.driver).vfCount !== 'module-option') return null;
  return finding(
    CODE,
    `The driver of this PF sets the number of VFs only when it is loaded, by a module option: ${name}.`,
    `\`modinfo -p ${pf.driver}\` shows the option; docs/operators/enable-vfs.md says how to set it`,
    pf.pciAddress,
  );
}

function withoutDriver(facts: Facts, pf: PhysicalFunction, name: string): Finding {
  const own = facts.networkFunctions.find(({ pciAddress }) => pciAddress === pf.pciAddress);
  const [module] = own?.modules ?? [];
  const kernel = facts.kernelRelease === null ? 'the kernel' : `kernel ${facts.kernelRelease}`;
  const hint =
    module === undefined
      ? `No module of ${kernel} names ${pf.vendorId}:${pf.productId}: install all modules of the kernel (Debian's cloud kernel leaves many out: \`apt install linux-image-amd64\`), or the driver of the vendor`
      : `Load it: \`modprobe ${module}\`. If it stays away, it may be blacklisted: \`grep -r ${module} /etc/modprobe.d /proc/cmdline\``;
  return finding(
    CODE,
    `The card can have ${pf.totalVfs} VFs, but no driver is bound to it: ${name}.`,
    hint,
    pf.pciAddress,
  );
}
