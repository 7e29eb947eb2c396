import type { HostCounters, PfCounters } from '@virtfn/host';
import type { PhysicalFunction } from '@virtfn/model';

/** Firmware that counts is asked for each VF: who scrapes more often than that gets what was read for the one before. */
const MOST_AGE_MS = 2000;

interface Reading {
  readonly at: number;
  readonly pfs: readonly PhysicalFunction[];
  readonly counters: Promise<readonly PfCounters[] | null>;
}

/**
 * Counters that were read no longer than 2 s ago, one reading at a time for all who ask.
 *
 * @param now milliseconds
 * @returns how to read them; null: the kernel did not tell them
 */
export function recentCounters(
  host: HostCounters,
  now: () => number,
): (pfs: readonly PhysicalFunction[]) => Promise<readonly PfCounters[] | null> {
  let last: Reading | null = null;
  return (pfs) => {
    // Another look may have found other PFs.
    if (last === null || last.pfs !== pfs || now() - last.at >= MOST_AGE_MS) {
      last = { at: now(), pfs, counters: host.read(pfs).catch(() => null) };
    }
    return last.counters;
  };
}
