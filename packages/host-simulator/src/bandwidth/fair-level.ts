/** Between which rates a share may lie. */
export interface Bounds {
  readonly floor: number;
  readonly ceiling: number;
}

/**
 * The water level at which shares, each kept between its floor and ceiling, add up to `total`. One sort, no iteration:
 * as the level rises, the sum grows as fast as shares are afloat, and their number changes only at floors and ceilings.
 *
 *      share of one VF
 *      ceiling |              ________
 *              |            /
 *        floor | _________/   afloat between the two
 *              +----------------------- level
 *
 * With fewer wishes than `total` it is the highest ceiling: everybody has what it wants. The floors must not exceed
 * `total`.
 */
export function fairLevel(total: number, all: readonly Bounds[]): number {
  const turns = all
    .flatMap(({ floor, ceiling }) => [
      { at: floor, afloat: 1 },
      { at: ceiling, afloat: -1 },
    ])
    .toSorted((a, b) => a.at - b.at);
  let left = total - all.reduce((sum, { floor }) => sum + floor, 0);
  let level = 0;
  let afloat = 0;
  for (const turn of turns) {
    const needed = afloat * (turn.at - level);
    if (needed > left) return level + left / afloat;
    left -= needed;
    level = turn.at;
    afloat += turn.afloat;
  }
  return level;
}
