// How the VFs of a PF share its egress bandwidth: max-min fair, between guaranteed minimum and maximum rates.
// Pure and exact. Never says what a card can be told (igb takes no minimum): that is the capability table's.
export type { RateDemand, RateShare } from './rate-demand.ts';
export { shareBandwidth } from './share-bandwidth.ts';
