import { capabilityOfDriver, finding } from '@virtfn/model';
import { quote } from '../quote.ts';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';

const CODE = 'pf-down';

/** Finds PFs that are down while that matters: they have VFs, or their driver makes none before. */
export const pfDown: Check = {
  code: CODE,
  hiddenBy: [],
  run: ({ pfs }) =>
    pfs
      .filter(({ totalVfs, netdevName, adminUp }) => totalVfs > 0 && netdevName !== null && !adminUp)
      .filter(
        ({ numVfs, driver }) =>
          numVfs > 0 || (driver !== null && capabilityOfDriver(driver).vfCountNeedsPfUp),
      )
      .map((pf) =>
        finding(
          CODE,
          pf.numVfs > 0
            ? `${pf.netdevName} is down, so its ${pf.numVfs} VFs pass nothing and libvirt refuses them: ${describeFunction(pf)}.`
            : `${pf.netdevName} is down, and its driver makes no VFs until it is up: ${describeFunction(pf)}.`,
          `\`ip link set ${quote(pf.netdevName ?? '')} up\``,
          pf.pciAddress,
        ),
      ),
};
