import { capabilityOfDriver, type PhysicalFunction } from '@virtfn/model';
import type { VfCounters } from './host-counters.ts';

/** Whether it is of use to ask the kernel for counters of the VFs of this PF: some drivers ask their firmware for each VF. */
export function mayCountVfs({ driver }: Pick<PhysicalFunction, 'driver'>): boolean {
  return driver !== null && capabilityOfDriver(driver).vfStats !== 'no';
}

/**
 * Of what the kernel says that VFs have counted, what may be shown. It says zeros also for a driver that does not count
 * (K11), and a zero that means nothing would be taken for no traffic. A driver that nobody knows is believed once any of
 * its counters moves.
 *
 * @returns null: the driver does not count per VF, or nobody can tell
 */
export function trustedVfCounters(
  { driver }: Pick<PhysicalFunction, 'driver'>,
  said: ReadonlyMap<number, VfCounters>,
): ReadonlyMap<number, VfCounters> | null {
  if (driver === null) return null;
  switch (capabilityOfDriver(driver).vfStats) {
    case 'yes':
      return said;
    case 'no':
      return null;
    case 'probe':
      return [...said.values()].some(hasMoved) ? said : null;
  }
}

function hasMoved(counters: VfCounters): boolean {
  return Object.values(counters).some((value: bigint) => value > 0n);
}
