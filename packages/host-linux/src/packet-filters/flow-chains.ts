import { flowLimits, protocolsWithPorts } from '@virtfn/model';
import type { FilterChain, FilterSet } from './filter-table.ts';

// The netdev family has no connection tracking, so flows are remembered in sets, with the addresses and ports as the packet had
// them that opened the flow: one that the machine opened has the machine in front, one that was opened to it the other side.
// What is in a set says only that somebody opened it. A packet that answers is looked up behind the rule that let the flow be
// opened, turned round (rule-text.ts): when that rule goes, its flows go, and no set has to be searched for them.
//
//   opens4 ─────▶ unanswered4 ─── answer ──▶ answered4 ◀───── answers4
//                     ▲                          │
//                     └─── end of a connection ──┘
//
// Whoever floods a port with openings fills `unanswered`, whose elements leave soon, and not `answered`, whose elements stay
// for days. Each way through these chains writes into a set before it lets the packet pass, and a set that is full breaks the
// rule off: what cannot be remembered is dropped.

export type Version = 4 | 6;
export type Direction = 'ingress' | 'egress';

/** nft's word for the header of each version. */
export const IP = { 4: 'ip', 6: 'ip6' } as const;
/** nft's word for the messages of each version, and IANA's number. */
export const ICMP = { 4: 'icmp', 6: 'icmpv6' } as const;
export const ICMP_PROTOCOL = { 4: 1, 6: 58 } as const;
export const ECHO_REQUEST = { 4: 8, 6: 128 } as const;
export const ECHO_REPLY = { 4: 0, 6: 129 } as const;

const TCP = 6;
const PORTED = [...protocolsWithPorts];

/** Has ports, and is no connection. */
const IS_DATAGRAM = `meta l4proto { ${PORTED.filter((protocol) => protocol !== TCP).join(', ')} }`;
const hasNoPorts = (version: Version): string =>
  `meta l4proto != { ${[ICMP_PROTOCOL[version], ...PORTED].join(', ')} }`;

/** One side ends a connection, or resets it: it is remembered as one that was never answered, and soon forgotten. */
const ENDS = 'tcp flags & (fin | rst) != 0';
/** The other side takes a connection. */
const AGREES = 'tcp flags & (fin | syn | rst | ack) == syn | ack';

/** From whoever opened the flow, or back to it. Either way the set holds the addresses as the first packet had them. */
type Way = 'forth' | 'back';

const ends = {
  forth: { addresses: ['saddr', 'daddr'], ports: ['sport', 'dport'] },
  back: { addresses: ['daddr', 'saddr'], ports: ['dport', 'sport'] },
} as const;

function addressPair(version: Version, way: Way): string {
  return ends[way].addresses.map((end) => `${IP[version]} ${end}`).join(' . ');
}

function keysOf(version: Version, way: Way): { readonly [Key in 'ports' | 'echo' | 'pair']: string } {
  const pair = addressPair(version, way);
  const ports = ends[way].ports.map((end) => `th ${end}`).join(' . ');
  return {
    ports: `meta l4proto . ${pair} . ${ports}`,
    echo: `${pair} . ${ICMP[version]} id`,
    pair: `meta l4proto . ${pair}`,
  };
}

const FRAGMENT_KEYS = {
  4: `meta l4proto . ${addressPair(4, 'forth')} . ip id`,
  6: `meta l4proto . ${addressPair(6, 'forth')} . frag id`,
} as const;

const IS_FIRST_FRAGMENT = {
  4: 'ip frag-off & 0x3fff == 0x2000',
  6: 'frag frag-off 0 frag more-fragments 1',
} as const;

const IS_LATER_FRAGMENT = { 4: 'ip frag-off & 0x1fff != 0', 6: 'frag frag-off != 0' } as const;

const update = (set: string, key: string, seconds: number): string =>
  `update @${set} { ${key} timeout ${seconds}s }`;

/** The sets that flows of one IP version are remembered in. */
export function flowSets(version: Version): readonly FilterSet[] {
  const { ports, echo, pair } = keysOf(version, 'forth');
  return [
    { name: `fragments${version}`, key: FRAGMENT_KEYS[version] },
    { name: `unanswered${version}`, key: ports },
    { name: `answered${version}`, key: ports },
    { name: `echoes${version}`, key: echo },
    { name: `pairs${version}`, key: pair },
  ];
}

/**
 * Lets a packet pass. Fragments behind the first have no ports to judge them by: they pass with the first of their datagram,
 * which is known by its number, and only behind it. Without a first one, nobody can put the others together.
 */
export function passChain(version: Version): FilterChain {
  const remember = update(`fragments${version}`, FRAGMENT_KEYS[version], flowLimits.fragments);
  return {
    name: `pass${version}`,
    hook: null,
    rules: [
      `${IS_FIRST_FRAGMENT[version]} ${remember} accept`,
      `${IS_FIRST_FRAGMENT[version]} drop`,
      'accept',
    ],
  };
}

/** Decides about fragments behind the first, so that rules after these need not think of them. */
export function laterFragmentRules(version: Version): readonly string[] {
  const is = IS_LATER_FRAGMENT[version];
  return [`${is} ${FRAGMENT_KEYS[version]} @fragments${version} accept`, `${is} drop`];
}

/** Goes on with a packet that a rule lets open a flow, or that goes the same way in one, and remembers the flow. */
export function opensChain(version: Version): FilterChain {
  const { ports, echo, pair } = keysOf(version, 'forth');
  const [unanswered, answered] = [`unanswered${version}`, `answered${version}`];
  const [isRequest, isOther] = [
    `${ICMP[version]} type ${ECHO_REQUEST[version]}`,
    `${ICMP[version]} type != ${ECHO_REQUEST[version]}`,
  ];
  const { tcpEstablished, tcpUnanswered, datagramAnswered, datagramUnanswered } = flowLimits;
  const pass = `goto pass${version}`;
  return {
    name: `opens${version}`,
    hook: null,
    rules: [
      `${ENDS} ${update(unanswered, ports, tcpUnanswered)} delete @${answered} { ${ports} } ${pass}`,
      `meta l4proto 6 ${ports} @${answered} ${update(answered, ports, tcpEstablished)} ${pass}`,
      `meta l4proto 6 ${update(unanswered, ports, tcpUnanswered)} ${pass}`,
      `${IS_DATAGRAM} ${ports} @${answered} ${update(answered, ports, datagramAnswered)} ${pass}`,
      `${IS_DATAGRAM} ${update(unanswered, ports, datagramUnanswered)} ${pass}`,
      `${isRequest} ${update(`echoes${version}`, echo, flowLimits.echo)} ${pass}`,
      // Other messages have no answer that could be told from any other.
      `${isOther} ${pass}`,
      `${hasNoPorts(version)} ${update(`pairs${version}`, pair, flowLimits.addressPair)} ${pass}`,
      'drop',
    ],
  };
}

/** Lets a packet pass that answers a flow, and returns with any other. */
export function answersChain(version: Version): FilterChain {
  const { ports, echo, pair } = keysOf(version, 'back');
  const [unanswered, answered] = [`unanswered${version}`, `answered${version}`];
  const [echoes, pairs] = [`echoes${version}`, `pairs${version}`];
  const isReply = `${ICMP[version]} type ${ECHO_REPLY[version]}`;
  const { tcpEstablished, tcpUnanswered, datagramAnswered } = flowLimits;
  const pass = `goto pass${version}`;
  return {
    name: `answers${version}`,
    hook: null,
    rules: [
      `${ENDS} ${ports} @${answered} ${update(unanswered, ports, tcpUnanswered)} delete @${answered} { ${ports} } ${pass}`,
      `meta l4proto 6 ${ports} @${answered} ${update(answered, ports, tcpEstablished)} ${pass}`,
      // Only this establishes a connection: the last packet of one that has ended looks like any in its middle.
      `${AGREES} ${ports} @${unanswered} ${update(answered, ports, tcpEstablished)} ${pass}`,
      `meta l4proto 6 ${ports} @${unanswered} ${update(unanswered, ports, tcpUnanswered)} ${pass}`,
      `${IS_DATAGRAM} ${ports} @${answered} ${update(answered, ports, datagramAnswered)} ${pass}`,
      `${IS_DATAGRAM} ${ports} @${unanswered} ${update(answered, ports, datagramAnswered)} ${pass}`,
      `${isReply} ${echo} @${echoes} ${update(echoes, echo, flowLimits.echo)} ${pass}`,
      `${pair} @${pairs} ${update(pairs, pair, flowLimits.addressPair)} ${pass}`,
    ],
  };
}
