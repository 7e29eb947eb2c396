import { finding } from '@virtfn/model';
import type { Check } from './check.ts';

const CODE = 'competing-owner';

/** Finds configuration by which something else makes or sets VFs. One finding a line and PF. */
export const competingOwner: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card'],
  run: ({ writers, pfs }) =>
    writers.writes.map(({ owner, file, line, text, pf, undo }) => {
      const netdevName = pfs.find(({ pciAddress }) => pciAddress === pf)?.netdevName;
      const whose = pf === null ? 'VFs of a PF that it does not name' : `VFs of ${netdevName ?? pf}`;
      return finding(
        CODE,
        `${owner} makes or sets ${whose}, too: ${file}:${line} says \`${text}\`.`,
        `Let only virtfn do it: ${undo}`,
        pf,
      );
    }),
};
