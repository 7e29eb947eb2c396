import type { Rate, TrafficHistory } from './traffic-history.ts';

/** What is known of the traffic of VFs now. */
export interface LatestRates {
  /** Those that are counted; null: nobody has said yet. */
  readonly counted: ReadonlySet<number> | null;
  /** By VF number. Of one that is counted and not in it, nothing is known now. */
  readonly rates: ReadonlyMap<number, Rate>;
}

/** @param isOld whether what was read last is older than figures may be */
export function latestRates({ last, samples }: TrafficHistory, isOld: boolean): LatestRates {
  return {
    counted: last === null ? null : new Set(last.vfs.map(({ vfIndex }) => vfIndex)),
    rates: (isOld ? null : samples.at(-1)?.vfs) ?? new Map(),
  };
}
