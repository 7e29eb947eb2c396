import { capabilityOfDriver, finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';

const CODE = 'pf-carries-default-route';

/** Finds PFs that the host itself needs to reach the network. */
export const pfCarriesDefaultRoute: Check = {
  code: CODE,
  hiddenBy: [],
  run: ({ pfs }) =>
    pfs
      .filter(({ totalVfs, carriesDefaultRoute }) => totalVfs > 0 && carriesDefaultRoute)
      .map((pf) => {
        const drops = pf.driver !== null && capabilityOfDriver(pf.driver).vfCountDropsPfLink;
        return finding(
          CODE,
          `The default route of this host leaves through ${pf.netdevName ?? pf.pciAddress}, ${drops ? 'and its driver drops the link while the number of VFs changes' : 'so a change on this PF may cut the host off'}: ${describeFunction(pf)}.`,
          `Use a PF that the host does not need (\`ip route show default\` shows which it does), or have a console at hand. \`virtfn plan --set-vfs ${pf.pciAddress}=N\` shows what a change takes away`,
          pf.pciAddress,
        );
      }),
};
