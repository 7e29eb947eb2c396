import { finding } from '@virtfn/model';
import type { Check } from './check.ts';

const CODE = 'processes-not-seen';

/** Tells when VFs look free only because the open files of other processes were not to be seen. */
export const processesNotSeen: Check = {
  code: CODE,
  hiddenBy: [],
  run: ({ processes: { unseen, vfsToLookUp } }) =>
    unseen === 0
      ? []
      : [
          finding(
            CODE,
            `${vfsToLookUp} VFs are bound to VFIO, and the open files of ${unseen} processes were not to be seen: a VF may be in use though it looks free.`,
            'Look again as root: `sudo virtfn doctor`',
          ),
        ],
};
