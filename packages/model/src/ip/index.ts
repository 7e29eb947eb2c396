// IP addresses and prefixes as text that was checked.
// Must never count or compare addresses: who hands them out does.
export { type IpPrefix, ipVersionOf, parseIpPrefix } from './ip-prefix.ts';
