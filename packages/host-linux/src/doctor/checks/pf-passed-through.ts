import { isVfioDriver, finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';

const CODE = 'pf-passed-through';

/** Drivers of no card: they only hold a function, for a guest or a program. */
const HOLDERS = new Set(['pci-stub', 'pciback', 'uio_pci_generic', 'igb_uio']);

/** Finds PFs that are set aside as a whole. */
export const pfPassedThrough: Check = {
  code: CODE,
  hiddenBy: [],
  run: ({ pfs }) =>
    pfs
      .filter(({ totalVfs, numVfs }) => totalVfs > 0 && numVfs === 0)
      .filter(({ driver }) => driver !== null && (isVfioDriver(driver) || HOLDERS.has(driver)))
      .map((pf) => {
        const { pciAddress } = pf;
        const device = `/sys/bus/pci/devices/${pciAddress}`;
        return finding(
          CODE,
          `The PF is set aside to be passed through as a whole, so it can have no VFs: ${describeFunction(pf)}.`,
          `Give it back to its own driver as root: \`echo > ${device}/driver_override; echo ${pciAddress} > ${device}/driver/unbind; echo ${pciAddress} > /sys/bus/pci/drivers_probe\``,
          pciAddress,
        );
      }),
};
