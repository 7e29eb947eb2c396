// What a PF and its VFs pass, read again and again while somebody looks, and drawn.
// Must never draw a line over what nobody knows, nor call a VF idle whose card does not count.
export { BandwidthSection } from './bandwidth-section.tsx';
export { bandwidthWords } from './bandwidth-words.ts';
export { useIsOld } from './use-is-old.ts';
export { useTraffic } from './use-traffic.ts';
export type { Rate } from './traffic-history.ts';
export { type LatestRates, latestRates } from './latest-rates.ts';
