import {
  type FilterMatch,
  type FilterRule,
  type IpPrefix,
  ipRangeOf,
  ipVersionOf,
  protocolsWithPorts,
  withoutNested,
} from '@virtfn/model';
import { ECHO_REPLY, ECHO_REQUEST, ICMP, ICMP_PROTOCOL, IP, type Version } from './flow-chains.ts';

export const versionOf = (rule: FilterRule): Version => (rule.ethertype === 'IPv4' ? 4 : 6);

/**
 * A rule as it judges the packets that open flows, in the chain of its own direction. None for a rule that names nobody.
 */
export function ruleText(rule: FilterRule): readonly string[] {
  const version = versionOf(rule);
  const remote = remoteText(rule, rule.direction === 'egress' ? 'daddr' : 'saddr');
  if (remote === null) return [];
  const verdict = rule.isStateful ? `goto opens${version}` : `goto pass${version}`;
  return [line(remote, matchText(rule.match, version, 'dport'), verdict)];
}

/**
 * The same rule turned round, for the chain of the other direction: whoever answers a flow which the rule lets be opened
 * comes from where the rule lets it go. None for a rule without answers.
 */
export function answerText(rule: FilterRule): readonly string[] {
  const version = versionOf(rule);
  const remote = remoteText(rule, rule.direction === 'egress' ? 'saddr' : 'daddr');
  const match = rule.isStateful ? answerMatchText(rule.match, version) : null;
  if (remote === null || match === null) return [];
  return [line(remote, match, `jump answers${version}`)];
}

/** `{ 192.0.2.0/24, 198.51.100.1 }`, without those that lie in another: nft does not take them. Null for none. */
export function prefixSet(prefixes: readonly IpPrefix[], version: Version): string | null {
  const own = withoutNested(prefixes.filter((prefix) => ipVersionOf(prefix) === version));
  return own.length === 0 ? null : `{ ${own.map(prefixText).join(', ')} }`;
}

/** A prefix without the bits behind its length: of an address with them, nft would take what it likes. */
function prefixText(prefix: IpPrefix): string {
  const length = prefix.slice(prefix.indexOf('/'));
  return `${addressText(ipRangeOf(prefix).first, ipVersionOf(prefix))}${length}`;
}

function addressText(address: bigint, version: Version): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');
  const shifts = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n];
  return shifts.map((shift) => ((address >> shift) & 0xffffn).toString(16)).join(':');
}

function line(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

/** Null: nobody. */
function remoteText({ remotes, ethertype }: FilterRule, end: 'saddr' | 'daddr'): string | null {
  if (remotes === null) return '';
  const version = ethertype === 'IPv4' ? 4 : 6;
  const set = prefixSet(remotes, version);
  return set === null ? null : `${IP[version]} ${end} ${set}`;
}

function matchText(match: FilterMatch | null, version: Version, portEnd: 'sport' | 'dport'): string {
  if (match === null) return '';
  if (match.kind === 'icmp') return icmpText(match, version);
  const { protocol, ports } = match;
  if (ports === null || !protocolsWithPorts.has(protocol)) return `meta l4proto ${protocol}`;
  return `meta l4proto ${protocol} th ${portEnd} ${ports.first}-${ports.last}`;
}

function icmpText({ type, code }: Extract<FilterMatch, { kind: 'icmp' }>, version: Version): string {
  const icmp = ICMP[version];
  if (type === null) return `meta l4proto ${ICMP_PROTOCOL[version]}`;
  return code === null ? `${icmp} type ${type}` : `${icmp} type ${type} ${icmp} code ${code}`;
}

/** What answers look like; null: there are none that could be told. */
function answerMatchText(match: FilterMatch | null, version: Version): string | null {
  if (match?.kind !== 'icmp') return matchText(match, version, 'sport');
  const lets = match.type === null || match.type === ECHO_REQUEST[version];
  return lets ? `${ICMP[version]} type ${ECHO_REPLY[version]}` : null;
}
