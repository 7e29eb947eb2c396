import { type FilterRule, type FilterSource, ipRangeOf, ipVersionOf, type PortFilter } from '@virtfn/model';
import type { FilterChain, FilterTable } from './filter-table.ts';
import {
  answersChain,
  type Direction,
  flowSets,
  IP,
  laterFragmentRules,
  opensChain,
  passChain,
  type Version,
} from './flow-chains.ts';
import { answerText, prefixSet, ruleText, versionOf } from './rule-text.ts';

// What passes without a rule, and what passes in spite of one, is what Neutron's own firewall drivers do: ARP and neighbour
// discovery for the machine's own addresses, DHCP as a client and never as a server, router advertisements in and never out.
//
// On the VF's interface the hook `ingress` sees what the card hands up, which goes to the machine, and `egress` what the
// machine sends: the hooks' names and Neutron's directions agree.

const VERSIONS: readonly Version[] = [4, 6];
const ETHER_TYPE = { arp: 0x0806, 4: 0x0800, 6: 0x86dd } as const;

/** The table that does what a filter says. Pure. */
export function filterTable(filter: PortFilter): FilterTable {
  return {
    sets: VERSIONS.flatMap(flowSets),
    chains: [
      // Who is led to comes before who leads: so nft lists it.
      ...VERSIONS.flatMap((version) => [
        passChain(version),
        opensChain(version),
        answersChain(version),
        egressRules(filter, version),
        ...(version === 6 ? [egressIfReadable6] : []),
        egressSources(filter, version),
        ingressRules(filter, version),
      ]),
      egressArp(filter),
      baseChain('egress', [
        `${isEtherType('arp')} goto egress-arp`,
        ...VERSIONS.map((version) => `${isEtherType(version)} goto egress-sources${version}`),
      ]),
      baseChain('ingress', [
        `${isEtherType('arp')} accept`,
        ...VERSIONS.map((version) => `${isEtherType(version)} goto ingress-rules${version}`),
      ]),
    ],
  };
}

/**
 * By the bytes of the frame, not by what the kernel took the packet for: that is the inner protocol where a card keeps VLAN
 * tags beside the frame. So a frame with a tag is none of these.
 */
function isEtherType(of: keyof typeof ETHER_TYPE): string {
  return `@ll,96,16 0x${ETHER_TYPE[of].toString(16).padStart(4, '0')}`;
}

/** By its bytes: nft would ask beside it what kind of interface the frame came in by, which an outgoing one did not. */
const isFromMac = (mac: string): string => `@ll,48,48 0x${mac.replaceAll(':', '')}`;

const baseChain = (hook: Direction, rules: readonly string[]): FilterChain => ({ name: hook, hook, rules });

/** The prefixes of one MAC. */
interface Sender {
  readonly mac: string;
  readonly prefixes: readonly FilterSource['prefix'][];
}

function sendersOf({ sources }: PortFilter): readonly Sender[] {
  const senders = Map.groupBy(sources, ({ mac }) => mac);
  return [...senders].map(([mac, own]) => ({ mac, prefixes: own.map(({ prefix }) => prefix) }));
}

function egressArp(filter: PortFilter): FilterChain {
  const rules = sendersOf(filter).flatMap(({ mac, prefixes }) => {
    const set = prefixSet(prefixes, 4);
    if (set === null) return [];
    const isArpForIpv4 = 'arp htype 1 arp ptype 0x0800 arp hlen 6 arp plen 4 arp operation { 1, 2 }';
    return [`${isFromMac(mac)} ${isArpForIpv4} arp saddr ether ${mac} arp saddr ip ${set} accept`];
  });
  return { name: 'egress-arp', hook: null, rules };
}

/** What the machine sends under addresses that are its own goes on to the rules. */
function egressSources(filter: PortFilter, version: Version): FilterChain {
  const senders = sendersOf(filter);
  const beforeItHasAnAddress = senders.map(({ mac }) =>
    version === 4
      ? `${isFromMac(mac)} ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 goto pass4`
      : // Reports of its multicast groups (131, 143), and whether anybody has the address that it wants (135).
        `${isFromMac(mac)} ip6 saddr :: ip6 daddr ff02::/16 icmpv6 type { 131, 135, 143 } goto pass6`,
  );
  const next = version === 4 ? 'egress-rules4' : 'egress-readable6';
  const own = senders.flatMap(({ mac, prefixes }) => {
    const set = prefixSet(prefixes, version);
    return set === null ? [] : [`${isFromMac(mac)} ${IP[version]} saddr ${set} goto ${next}`];
  });
  return { name: `egress-sources${version}`, hook: null, rules: [...beforeItHasAnAddress, ...own] };
}

function egressRules(filter: PortFilter, version: Version): FilterChain {
  return {
    name: `egress-rules${version}`,
    hook: null,
    rules: [
      ...(version === 4 ? [...laterFragmentRules(4), ...alwaysOut4] : alwaysOut6(filter)),
      ...rulesOf('egress', filter, version),
    ],
  };
}

/**
 * A first fragment of IPv6 may end before the header that the rules look at, if other headers come before it. What cannot be
 * looked at is not sent: it could be what must never pass, such as an advertisement of a router.
 */
const egressIfReadable6: FilterChain = {
  name: 'egress-readable6',
  hook: null,
  rules: [
    ...laterFragmentRules(6),
    'meta l4proto != { 17, 58 } goto egress-rules6',
    '@th,0,64 != 0 goto egress-rules6',
  ],
};

function ingressRules(filter: PortFilter, version: Version): FilterChain {
  return {
    name: `ingress-rules${version}`,
    hook: null,
    rules: [
      ...laterFragmentRules(version),
      ...(version === 4 ? alwaysIn4 : alwaysIn6),
      ...errorsIn(filter, version),
      ...rulesOf('ingress', filter, version),
    ],
  };
}

/**
 * Answers first, so that they do not open flows of their own; then rules that remember what they let pass, so that a flow is
 * remembered whatever else lets it pass. Each once.
 */
function rulesOf(direction: Direction, filter: PortFilter, version: Version): readonly string[] {
  const rules = filter.rules.filter((rule) => versionOf(rule) === version);
  const isOwn = (rule: FilterRule): boolean => rule.direction === direction;
  const answers = rules.filter((rule) => !isOwn(rule)).flatMap(answerText);
  const own = rules.filter(isOwn).toSorted((a, b) => Number(b.isStateful) - Number(a.isStateful));
  return [...new Set([...answers, ...own.flatMap(ruleText)])];
}

const alwaysOut4 = ['udp sport 68 udp dport 67 goto pass4', 'udp sport 67 udp dport 68 drop'] as const;

const alwaysIn4 = ['udp sport 67 udp dport 68 goto pass4'] as const;

/** Queries for multicast groups (130), advertisements of routers (134), neighbour discovery (135, 136). */
const alwaysIn6 = [
  'icmpv6 type { 130, 134, 135, 136 } goto pass6',
  'udp sport 547 udp dport 546 goto pass6',
] as const;

function alwaysOut6(filter: PortFilter): readonly string[] {
  return [
    'udp sport 546 udp dport 547 goto pass6',
    'udp sport 547 udp dport 546 drop',
    'icmpv6 type 134 drop',
    'icmpv6 type { 131, 132, 133, 135, 143 } goto pass6',
    ...advertisementsOut(filter),
    'icmpv6 type 136 drop',
  ];
}

/** Who advertises an address says that it is its own: bytes 8 to 23 of the message. */
function advertisementsOut({ sources }: PortFilter): readonly string[] {
  const prefixes = sources.map(({ prefix }) => prefix).filter((prefix) => ipVersionOf(prefix) === 6);
  return [...new Set(prefixes)].map((prefix) => {
    const { first, last } = ipRangeOf(prefix);
    const hex = (value: bigint): string => `0x${value.toString(16).padStart(32, '0')}`;
    const mask = ((1n << 128n) - 1n) ^ (last ^ first);
    const isOwn = mask === 0n ? '' : `@th,64,128 & ${hex(mask)} == ${hex(first)} `;
    return `icmpv6 type 136 ${isOwn}goto pass6`;
  });
}

/**
 * Errors that routers send (no way there, packet too big, time exceeded, bad header) to a machine that may have flows: without
 * them a path with a smaller MTU swallows large packets. Which flow an error is about stands in the packet that it quotes, where
 * nft cannot look it up; so all of them pass, and machines check for themselves whether they sent what is quoted (RFC 5927).
 */
function errorsIn({ rules }: PortFilter, version: Version): readonly string[] {
  if (!rules.some((rule) => rule.isStateful && versionOf(rule) === version)) return [];
  const isError = version === 4 ? 'icmp type { 3, 11, 12 }' : 'icmpv6 type { 1, 2, 3, 4 }';
  return [`${isError} goto pass${version}`];
}
