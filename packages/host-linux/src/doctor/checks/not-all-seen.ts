import { finding } from '@virtfn/model';
import type { Facts } from '../facts/index.ts';
import type { Check } from './check.ts';

const CODE = 'not-all-seen';
const MOST = 5;

/** Tells what could not be looked at, so that nobody takes silence for health. */
export const notAllSeen: Check = {
  code: CODE,
  // Which says itself what it could not see.
  hiddenBy: ['no-sriov-card'],
  run(facts) {
    const unseen = listUnseen(facts);
    if (unseen.length === 0) return [];
    const more = unseen.length > MOST ? `; and ${unseen.length - MOST} more` : '';
    const { isRoot } = facts.processes;
    return [
      finding(
        CODE,
        `${isRoot === false ? 'Without root rights, not' : 'Not'} to be seen: ${unseen.slice(0, MOST).join('; ')}${more}.`,
        isRoot === true
          ? 'Look outside of the container, if this is one: there `virtfn doctor` sees all'
          : 'Look again as root: `sudo virtfn doctor`, or `sudo virtfn doctor --collect DIR` for a snapshot',
      ),
    ];
  },
};

function listUnseen({ kernel, networkFunctions, writers, iommu, cpu }: Facts): readonly string[] {
  const unread = networkFunctions.filter(
    ({ capability, totalVfs }) => capability.kind === 'not-seen' && totalVfs === null,
  );
  return [
    ...(kernel.messages === null ? ["the kernel's log (what it says of the IOMMU and of room for VFs)"] : []),
    ...(iommu.tables === null && cpu !== null && !iommu.isInUse
      ? ["the firmware's tables (whether the IOMMU is on in the BIOS)"]
      : []),
    ...unread.map(({ pciAddress }) => `the configuration space of ${pciAddress} (whether it has SR-IOV)`),
    ...writers.refused.map((file) => `${file} (who else sets VFs)`),
  ];
}
