import type { ParseValue } from '../values/index.ts';
import { pythonText } from '../wire/python-text.ts';
import { NeutronError } from '../wire/neutron-error.ts';

/** The protocols that a rule may name (IANA's numbers, Neutron's names). */
const NUMBERS = {
  ah: 51,
  dccp: 33,
  egp: 8,
  esp: 50,
  gre: 47,
  icmp: 1,
  icmpv6: 58,
  igmp: 2,
  ipip: 4,
  'ipv6-encap': 41,
  'ipv6-frag': 44,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  'ipv6-route': 43,
  ospf: 89,
  pgm: 113,
  rsvp: 46,
  sctp: 132,
  tcp: 6,
  udp: 17,
  udplite: 136,
  vrrp: 112,
} as const;

const NAMES = Object.keys(NUMBERS);
/** What is in IPv6 only. */
const IPV6_ONLY: ReadonlySet<number> = new Set([41, 43, 44, 58, 59, 60]);
const WITH_PORTS = ['dccp', 'sctp', 'tcp', 'udp', 'udplite'] as const;

/** A name in small letters, or a number as text. @throws {NeutronError} SecurityGroupRuleInvalidProtocol */
export const ipProtocol: ParseValue<string | null> = (value) => {
  if (value === null) return null;
  const word = typeof value === 'number' || typeof value === 'string' ? String(value).toLowerCase() : '';
  if (NAMES.includes(word) || (/^\d{1,3}$/.test(word) && Number(word) <= 255)) return word;
  throw new NeutronError(
    400,
    'SecurityGroupRuleInvalidProtocol',
    `Security group rule protocol ${pythonText(value)} not supported. Only protocol values ${pythonText([null, ...NAMES])} and integer representations [0 to 255] are supported.`,
  );
};

export function protocolNumber(protocol: string): number {
  return new Map<string, number>(Object.entries(NUMBERS)).get(protocol) ?? Number(protocol);
}

export function isOfIpv6Only(protocol: string): boolean {
  return IPV6_ONLY.has(protocolNumber(protocol));
}

/** Whether its packets have ports. */
export function hasPorts(protocol: string): boolean {
  return WITH_PORTS.some((name) => NUMBERS[name] === protocolNumber(protocol));
}

export function isIcmp(protocol: string): boolean {
  const number = protocolNumber(protocol);
  return number === NUMBERS.icmp || number === NUMBERS['ipv6-icmp'];
}

export const PROTOCOLS_WITH_PORTS = WITH_PORTS.map((name) => name.toUpperCase()).join(', ');
