/**
 * The step of all shares, in Mbit/s: about 1 bit/s. A power of two, so that sums of rates are exact, and the same in
 * any order.
 */
const RATE_STEP_MBPS = 2 ** -20;

/** Rounds a rate down to the grid; whole Mbit/s stay as they are. */
export function floorToGrid(mbps: number): number {
  return Math.floor(mbps / RATE_STEP_MBPS) * RATE_STEP_MBPS;
}
