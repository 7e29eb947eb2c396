import {
  type FilterMatch,
  type FilterRule,
  type FilterSource,
  ipVersionOf,
  type IpPrefix,
  parseIpPrefix,
  parseMacAddress,
  type PortFilter,
} from '@virtfn/model';
import type { PortDocument, SecurityGroupDocument, SecurityGroupRuleDocument } from '../documents/index.ts';
import { formatIp, formatNetwork, networkOf, parseIp, parseNetwork, slaacAddress } from '../ip/index.ts';
import { hasPorts, isIcmp, protocolNumber } from '../resources/ip-protocols.ts';

/** Everything that the filter of a port is made of. */
export interface FilterParts {
  readonly port: Pick<PortDocument, 'allowed_address_pairs' | 'fixed_ips' | 'mac_address'>;
  readonly groups: readonly SecurityGroupDocument[];
  /** Addresses of the ports in each group that a rule names as its other side. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Prefixes of each address group that a rule names. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

/** Says what may pass a port. The same parts give the same filter, in whichever order they come. Pure. */
export function filterOfPort(parts: FilterParts): PortFilter {
  const rules = parts.groups.flatMap((group) =>
    group.security_group_rules.map((rule) => filterRule(rule, group.stateful, parts)),
  );
  return { sources: inOrder(sourcesOf(parts.port)), rules: inOrder(rules) };
}

/** Addresses that a port may send from: its own, and those that it was allowed besides. */
export function addressesOfPort(port: FilterParts['port']): readonly string[] {
  return [
    ...port.fixed_ips.map(({ ip_address: ip }) => ip),
    ...port.allowed_address_pairs.map(({ ip_address: ip }) => ip),
  ];
}

const LINK_LOCAL = {
  version: 6,
  first: 0xfe80n << 112n,
  last: (0xfe80n << 112n) + (1n << 64n) - 1n,
  prefixLength: 64,
} as const;

function sourcesOf(port: FilterParts['port']): readonly FilterSource[] {
  const pairs = [
    ...port.fixed_ips.map(({ ip_address: ip }) => ({ mac_address: port.mac_address, ip_address: ip })),
    ...port.allowed_address_pairs,
  ];
  const macs = [port.mac_address, ...pairs.map(({ mac_address: mac }) => mac)];
  return [
    ...pairs.flatMap(({ mac_address: mac, ip_address: ip }) =>
      prefixesOf([ip]).map((prefix) => ({ mac: parseMacAddress(mac), prefix })),
    ),
    // Without it there is no IPv6 at all.
    ...macs.map((mac) => ({
      mac: parseMacAddress(mac),
      prefix: parseIpPrefix(`${formatIp(slaacAddress(LINK_LOCAL, mac))}/128`),
    })),
  ];
}

function filterRule(
  rule: SecurityGroupRuleDocument,
  isStateful: boolean,
  { members, addresses }: FilterParts,
): FilterRule {
  const { direction, ethertype, remote_group_id: groupId, remote_address_group_id: addressGroupId } = rule;
  const named =
    (groupId !== null && (members.get(groupId) ?? [])) ||
    (addressGroupId !== null && (addresses.get(addressGroupId) ?? [])) ||
    (rule.remote_ip_prefix !== null && [rule.remote_ip_prefix]);
  const version = ethertype === 'IPv4' ? 4 : 6;
  const remotes =
    named === false ? null : inOrder(prefixesOf(named).filter((prefix) => ipVersionOf(prefix) === version));
  // Everything of a version is any of it.
  const isAny = remotes?.some((prefix) => prefix.endsWith('/0')) === true;
  return { direction, ethertype, match: matchOf(rule), remotes: isAny ? null : remotes, isStateful };
}

function matchOf({
  protocol,
  port_range_min: min,
  port_range_max: max,
}: SecurityGroupRuleDocument): FilterMatch | null {
  // 0 is Neutron's other word for any.
  if (protocol === null || protocolNumber(protocol) === 0) return null;
  if (isIcmp(protocol)) return { kind: 'icmp', type: min, code: max };
  const ports = hasPorts(protocol) && min !== null && max !== null ? { first: min, last: max } : null;
  return { kind: 'protocol', protocol: protocolNumber(protocol), ports };
}

/** An address alone is the prefix of it only. */
function prefixesOf(addresses: readonly string[]): readonly IpPrefix[] {
  return addresses.flatMap((text) => {
    const ip = parseIp(text);
    const network = ip === null ? parseNetwork(text) : networkOf(ip, ip.version === 4 ? 32 : 128);
    return network === null ? [] : [parseIpPrefix(formatNetwork(network))];
  });
}

function inOrder<Item>(items: readonly Item[]): readonly Item[] {
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
