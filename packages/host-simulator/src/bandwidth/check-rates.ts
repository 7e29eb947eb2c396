import { SriovError } from '@virtfn/model';
import type { RateDemand } from './rate-demand.ts';

/** Rates are 32 bits in netlink (struct ifla_vf_rate). */
const LARGEST_RATE_MBPS = 2 ** 32 - 1;
const RANGE = `not a number from 0 to ${LARGEST_RATE_MBPS}`;

/** @throws {SriovError} RATE_INVALID */
export function checkLink(linkMbps: number): void {
  if (isRate(linkMbps)) return;
  throw new SriovError(
    'RATE_INVALID',
    `Cannot share a link between VFs: its speed is ${linkMbps} Mbit/s, ${RANGE}`,
    { details: { linkMbps } },
  );
}

/** @throws {SriovError} RATE_INVALID */
export function checkDemand(linkMbps: number, demand: RateDemand): void {
  const { vfIndex, demandMbps, minTxRateMbps, maxTxRateMbps } = demand;
  const refuse = (found: string): never => {
    throw new SriovError(
      'RATE_INVALID',
      `Cannot share ${linkMbps} Mbit/s between VFs: VF ${vfIndex} has ${found}`,
      { details: { linkMbps, vfIndex, demandMbps, minTxRateMbps, maxTxRateMbps } },
    );
  };
  if (!(demandMbps >= 0)) refuse(`a demand of ${demandMbps} Mbit/s, not a number from 0 up`);
  if (minTxRateMbps !== null && !isRate(minTxRateMbps)) {
    refuse(`a minimum rate of ${minTxRateMbps} Mbit/s, ${RANGE}`);
  }
  if (maxTxRateMbps !== null && !isRate(maxTxRateMbps)) {
    refuse(`a maximum rate of ${maxTxRateMbps} Mbit/s, ${RANGE}`);
  }
  if (minTxRateMbps !== null && maxTxRateMbps !== null && minTxRateMbps > maxTxRateMbps) {
    refuse(`a minimum rate of ${minTxRateMbps} Mbit/s above its maximum of ${maxTxRateMbps} Mbit/s`);
  }
}

function isRate(mbps: number): boolean {
  return mbps >= 0 && mbps <= LARGEST_RATE_MBPS;
}
