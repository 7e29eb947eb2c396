import { capabilityOfDriver, finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';

const CODE = 'driver-without-sriov';

/** Finds PFs whose driver takes the number of VFs only when it is loaded (K1: writing it answers ENOENT). */
export const driverWithoutSriov: Check = {
  code: CODE,
  hiddenBy: [],
  run: ({ pfs }) =>
    pfs
      .filter(({ totalVfs }) => totalVfs > 0)
      .filter(({ driver }) => driver !== null && capabilityOfDriver(driver).vfCount === 'module-option')
      .map((pf) =>
        finding(
          CODE,
          `The driver of this PF sets the number of VFs only when it is loaded, by a module option: ${describeFunction(pf)}.`,
          `\`modinfo -p ${pf.driver}\` shows the option; docs/operators/enable-vfs.md says how to set it`,
          pf.pciAddress,
        ),
      ),
};
