/** What one VF would send, and its rates as set by the PF. All in Mbit/s. */
export interface RateDemand {
  readonly vfIndex: number;
  /** Infinity: as much as it can get. */
  readonly demandMbps: number;
  /** Guaranteed as far as it is wanted; null: nothing. */
  readonly minTxRateMbps: number | null;
  /** null: no limit. */
  readonly maxTxRateMbps: number | null;
}

export interface RateShare {
  readonly vfIndex: number;
  readonly shareMbps: number;
}
