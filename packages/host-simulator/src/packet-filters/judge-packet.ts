import {
  type FilterRule,
  type IpPrefix,
  ipNumberOf,
  ipRangeOf,
  ipVersionOf,
  parseIpPrefix,
  type PortFilter,
} from '@virtfn/model';
import type { FlowTable } from './flow-table.ts';
import { type IpPacket, type Packet, protocolOf } from './packet.ts';

const LINK_LOCAL_GROUPS = parseIpPrefix('ff02::/16');

/**
 * Whether a packet passes a port; what it opens or answers is remembered in `flows`. This is what a filter means, said as
 * plainly as it can be: the real one is held against it.
 */
export function judgePacket(filter: PortFilter, flows: FlowTable, packet: Packet, now: number): boolean {
  switch (packet.kind) {
    case 'other':
      return false;
    case 'arp': {
      if (packet.direction === 'ingress') return true;
      const isRequestOrReply = packet.operation === 1 || packet.operation === 2;
      return (
        isRequestOrReply &&
        packet.senderMac === packet.sourceMac &&
        isOwn(filter, packet.sourceMac, packet.senderIp)
      );
    }
    case 'ip': {
      const passes = judgeIp(filter, flows, packet, now);
      if (passes && packet.fragment.kind === 'first') flows.rememberFragments(packet, now);
      return passes;
    }
  }
}

function judgeIp(filter: PortFilter, flows: FlowTable, packet: IpPacket, now: number): boolean {
  const isEgress = packet.direction === 'egress';
  if (isEgress && packet.fragment.kind !== 'later' && looksForAddress(filter, packet)) return true;
  if (isEgress && !isOwn(filter, packet.sourceMac, packet.source)) return false;
  if (packet.fragment.kind === 'later') return flows.hasFragments(packet, now);
  const always = isEgress ? alwaysOut(filter, packet) : alwaysIn(filter, packet);
  if (always !== null) return always;
  const ofVersion = filter.rules.filter(({ ethertype }) => ethertype === packet.ethertype);
  const mayBeAnswered = ofVersion.some(
    (rule) => rule.direction !== packet.direction && rule.isStateful && matches(rule, packet, 'back'),
  );
  if (mayBeAnswered && flows.answer(packet, now)) return true;
  const letting = ofVersion.filter(
    (rule) => rule.direction === packet.direction && matches(rule, packet, 'forth'),
  );
  if (letting.some(({ isStateful }) => isStateful)) flows.open(packet, now);
  return letting.length > 0;
}

/** Before it has an address: DHCP, and whether anybody has the one that it wants. */
function looksForAddress(filter: PortFilter, packet: IpPacket): boolean {
  if (!filter.sources.some(({ mac }) => mac === packet.sourceMac)) return false;
  if (packet.ethertype === 'IPv4') {
    const isBroadcast = packet.source === '0.0.0.0' && packet.destination === '255.255.255.255';
    return isBroadcast && isUdp(packet, 68, 67);
  }
  const isReport = isIcmp(packet, [131, 135, 143]);
  return packet.source === '::' && isIn(LINK_LOCAL_GROUPS, packet.destination) && isReport;
}

/** What passes, or does not, whatever the rules say; null: they decide. */
function alwaysOut(filter: PortFilter, packet: IpPacket): boolean | null {
  if (packet.ethertype === 'IPv4') {
    if (isUdp(packet, 68, 67)) return true;
    return isUdp(packet, 67, 68) ? false : null;
  }
  if (isUdp(packet, 546, 547) || isIcmp(packet, [131, 132, 133, 135, 143])) return true;
  if (isUdp(packet, 547, 546) || isIcmp(packet, [134])) return false;
  if (!isIcmp(packet, [136])) return null;
  const target = packet.transport.kind === 'icmp' ? packet.transport.target : null;
  return target !== null && filter.sources.some(({ prefix }) => isIn(prefix, target));
}

function alwaysIn({ rules }: PortFilter, packet: IpPacket): true | null {
  const { ethertype } = packet;
  const mayHaveFlows = rules.some((rule) => rule.isStateful && rule.ethertype === ethertype);
  const errors = ethertype === 'IPv4' ? [3, 11, 12] : [1, 2, 3, 4];
  if (mayHaveFlows && isIcmp(packet, errors)) return true;
  if (ethertype === 'IPv4') return isUdp(packet, 67, 68) || null;
  return isUdp(packet, 547, 546) || isIcmp(packet, [130, 134, 135, 136]) || null;
}

/** `back`: whether the packet could answer one that the rule lets pass. */
function matches(rule: FilterRule, packet: IpPacket, way: 'forth' | 'back'): boolean {
  const remote = packet.direction === 'ingress' ? packet.source : packet.destination;
  if (rule.remotes !== null && !rule.remotes.some((prefix) => isIn(prefix, remote))) return false;
  const { match } = rule;
  const { transport } = packet;
  if (match === null) return true;
  if (match.kind === 'icmp') {
    if (transport.kind !== 'icmp') return false;
    const type = way === 'forth' ? transport.type : requestOf(transport.type);
    const isType = match.type === null || match.type === type;
    // The code of a request says nothing of its reply's.
    return isType && (way === 'back' || match.code === null || match.code === transport.code);
  }
  if (match.protocol !== protocolOf(packet)) return false;
  if (match.ports === null || (transport.kind !== 'tcp' && transport.kind !== 'datagram')) return true;
  const port = way === 'forth' ? transport.destinationPort : transport.sourcePort;
  return match.ports.first <= port && port <= match.ports.last;
}

/** The type of the echo that one of this type replies to; null: it is no reply. */
const requestOf = (type: number): number | null => (type === 0 ? 8 : type === 129 ? 128 : null);

function isUdp({ transport }: IpPacket, source: number, destination: number): boolean {
  return (
    transport.kind === 'datagram' &&
    transport.protocol === 17 &&
    transport.sourcePort === source &&
    transport.destinationPort === destination
  );
}

const isIcmp = ({ transport }: IpPacket, types: readonly number[]): boolean =>
  transport.kind === 'icmp' && types.includes(transport.type);

const isOwn = ({ sources }: PortFilter, mac: string, address: string): boolean =>
  sources.some((source) => source.mac === mac && isIn(source.prefix, address));

function isIn(prefix: IpPrefix, address: string): boolean {
  const { first, last } = ipRangeOf(prefix);
  const number = ipNumberOf(address);
  const version = address.includes(':') ? 6 : 4;
  return ipVersionOf(prefix) === version && first <= number && number <= last;
}
