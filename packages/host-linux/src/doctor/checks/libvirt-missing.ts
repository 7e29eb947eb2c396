import { finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { hintLibvirtPackage } from './hints.ts';

const CODE = 'libvirt-missing';

/** Finds a machine without libvirt. */
export const libvirtMissing: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card'],
  run: ({ libvirt, distribution }) =>
    libvirt.daemon !== null
      ? []
      : [
          finding(
            CODE,
            'libvirt is not installed: there is neither virtqemud nor libvirtd.',
            hintLibvirtPackage(distribution),
          ),
        ],
};
