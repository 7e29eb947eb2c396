// IP addresses, prefixes and ranges as numbers. Pure.
// Must not know subnets, ports, or who has an address.
export * from './address.ts';
export { compactNetworks, subtractNetworks } from './network-set.ts';
export * from './ranges.ts';
export { slaacAddress } from './slaac.ts';
