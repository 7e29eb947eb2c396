import { checkDemand, checkLink } from './check-rates.ts';
import { type Bounds, fairLevel } from './fair-level.ts';
import type { RateDemand, RateShare } from './rate-demand.ts';
import { floorToGrid } from './rate-grid.ts';

/**
 * Shares a link's egress bandwidth between VFs, in the order given. Each VF first has its guarantee, the smaller of
 * minimum and demand; the rest fills up the smallest shares, level by level, until demand or maximum stops them.
 *
 * Holds: the sum never exceeds the link, a share neither demand nor maximum; guarantees that fit together are kept;
 * nothing stays idle that someone wants; no share could grow without taking from one that is not larger, or from a
 * guarantee. Rates are rounded down to 2^-20 Mbit/s (about 1 bit/s), so at most that much per VF stays idle.
 *
 * Guarantees that do not fit together shrink in proportion, and nobody has more than that. This is a choice: drivers
 * refuse such a sum when they are asked (ice) or do not take minimum rates at all (igb).
 *
 * @throws {SriovError} RATE_INVALID
 */
export function shareBandwidth(linkMbps: number, demands: readonly RateDemand[]): readonly RateShare[] {
  checkLink(linkMbps);
  for (const demand of demands) checkDemand(linkMbps, demand);

  const link = floorToGrid(linkMbps);
  const guaranteed = demands.reduce((sum, demand) => sum + guaranteeOf(demand), 0);
  if (guaranteed > link) {
    return demands.map((demand) => ({
      vfIndex: demand.vfIndex,
      shareMbps: floorToGrid((guaranteeOf(demand) * link) / guaranteed),
    }));
  }
  const wishes = demands.map((demand) => ({ vfIndex: demand.vfIndex, ...boundsOf(link, demand) }));
  const level = floorToGrid(fairLevel(link, wishes));
  return wishes.map(({ vfIndex, floor, ceiling }) => ({
    vfIndex,
    shareMbps: Math.min(ceiling, Math.max(floor, level)),
  }));
}

function guaranteeOf({ demandMbps, minTxRateMbps }: RateDemand): number {
  return floorToGrid(Math.min(demandMbps, minTxRateMbps ?? 0));
}

/** Cut at the link, an endless demand too is a number that can be added up. */
function boundsOf(link: number, demand: RateDemand): Bounds {
  const ceiling = Math.min(link, demand.demandMbps, demand.maxTxRateMbps ?? link);
  return { floor: guaranteeOf(demand), ceiling: floorToGrid(ceiling) };
}
