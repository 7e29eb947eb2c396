import { type Finding, finding } from '@virtfn/model';
import type { Check } from './check.ts';

const CODE = 'memlock-low';
/** Below this not even a small virtual machine fits. */
const SMALL_MB = 1024;

/** Finds limits of locked memory that VFIO will run into: libvirt's own, or this user's where there is no libvirt. */
export const memlockLow: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card'],
  run({ processes, libvirt }): readonly Finding[] {
    const isLow = (limitMb: number | null): boolean => limitMb !== null && limitMb < SMALL_MB;
    const daemons = processes.boundDaemons
      .filter(({ limitMb }) => isLow(limitMb))
      .map(({ process, limitMb }) =>
        finding(
          CODE,
          `${process} may lock ${limitMb} MB and may not raise that (no CAP_SYS_RESOURCE), so a virtual machine with a VF does not start.`,
          `\`systemctl edit ${process}\`, with the lines \`[Service]\` and \`LimitMEMLOCK=infinity\`, then \`systemctl restart ${process}\`; in a container, start it with CAP_SYS_RESOURCE`,
        ),
      );
    const own = processes.ownLimit;
    const isForThisUser = processes.isRoot === false && libvirt.daemon === null && own !== null;
    if (!isForThisUser || !isLow(own.limitMb)) return daemons;
    return [
      ...daemons,
      finding(
        CODE,
        `This user may lock ${own.limitMb} MB, and there is no libvirt that raises the limit: QEMU with a VF does not start.`,
        '`echo "@kvm - memlock unlimited" | sudo tee /etc/security/limits.d/virtfn.conf`, then log in again; `ulimit -l` shows the limit',
      ),
    ];
  },
};
