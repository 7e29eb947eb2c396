// IP addresses and prefixes as text that was checked, and the numbers behind them.
// Must never hand out an address: whoever owns a subnet does.
export { type IpPrefix, ipVersionOf, parseIpPrefix } from './ip-prefix.ts';
export { ipNumberOf, type IpRange, ipRangeOf, withoutNested } from './ip-range.ts';
