import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowTable, type IpPacket, judgePacket, type Packet, type Transport } from '@virtfn/host-simulator';
import {
  parseIpPrefix,
  parseMacAddress,
  parseNetdevName,
  parsePciAddress,
  type PortFilter,
} from '@virtfn/model';
import { NftPacketFilters } from './nft-packet-filters.ts';
import { encodeFrame, FramePath, inOwnNetwork } from './testing/index.ts';

const vf = { pciAddress: parsePciAddress('0000:3b:10.0'), netdevName: parseNetdevName('vf0') };

const mac = parseMacAddress('52:54:00:aa:00:01');
const otherMac = parseMacAddress('52:54:00:bb:00:03');
const sources = ['192.0.2.1/32', '2001:db8::1/128', 'fe80::1/128'].map((prefix) => ({
  mac,
  prefix: parseIpPrefix(prefix),
}));
const isStateful = { stateful: true, stateless: false } as const;
const openTo = (state: keyof typeof isStateful): PortFilter => ({
  sources,
  rules: (['IPv4', 'IPv6'] as const).flatMap((ethertype) =>
    (['ingress', 'egress'] as const).map((direction) => ({
      direction,
      ethertype,
      match: null,
      remotes: null,
      isStateful: isStateful[state],
    })),
  ),
});
/** Two with which rules let everything pass, and one with which they let nothing pass. */
const postures = [openTo('stateful'), openTo('stateless'), { sources, rules: [] }] as const;

const ipFrom = (
  direction: 'ingress' | 'egress',
  source: string,
  destination: string,
  transport: Transport,
): IpPacket => ({
  kind: 'ip',
  direction,
  sourceMac: mac,
  ethertype: source.includes(':') ? 'IPv6' : 'IPv4',
  source,
  destination,
  transport,
  fragment: { kind: 'none' },
});
const udp = (sourcePort: number, destinationPort: number): Transport => ({
  kind: 'datagram',
  protocol: 17,
  sourcePort,
  destinationPort,
});
const icmp = (type: number, target: string | null = null): Transport => ({
  kind: 'icmp',
  type,
  code: 0,
  id: 1,
  target,
});

/** Passes whatever the rules say, never, or as the rules say. */
type Fate = 'always' | 'never' | 'by-rules';

const fates: readonly { readonly name: string; readonly given: Packet; readonly want: Fate }[] = [
  {
    name: 'a question for an address by DHCP',
    given: ipFrom('egress', '0.0.0.0', '255.255.255.255', udp(68, 67)),
    want: 'always',
  },
  {
    name: 'one from an address that it has',
    given: ipFrom('egress', '192.0.2.1', '192.0.2.2', udp(68, 67)),
    want: 'always',
  },
  {
    name: 'one from the MAC of another',
    given: { ...ipFrom('egress', '0.0.0.0', '255.255.255.255', udp(68, 67)), sourceMac: otherMac },
    want: 'never',
  },
  {
    name: 'an answer of DHCP',
    given: ipFrom('ingress', '192.0.2.2', '192.0.2.1', udp(67, 68)),
    want: 'always',
  },
  {
    name: 'an answer of DHCP from the machine',
    given: ipFrom('egress', '192.0.2.1', '192.0.2.2', udp(67, 68)),
    want: 'never',
  },
  {
    name: 'something else without an address',
    given: ipFrom('egress', '0.0.0.0', '255.255.255.255', udp(68, 80)),
    want: 'never',
  },
  {
    name: 'a question by DHCPv6',
    given: ipFrom('egress', 'fe80::1', 'ff02::1:2', udp(546, 547)),
    want: 'always',
  },
  {
    name: 'an answer of DHCPv6',
    given: ipFrom('ingress', 'fe80::2', 'fe80::1', udp(547, 546)),
    want: 'always',
  },
  {
    name: 'an answer of DHCPv6 from the machine',
    given: ipFrom('egress', 'fe80::1', 'fe80::2', udp(547, 546)),
    want: 'never',
  },
  {
    name: 'whether anybody has an address',
    given: ipFrom('egress', '::', 'ff02::1:ff00:1', icmp(135)),
    want: 'always',
  },
  { name: 'the same to one alone', given: ipFrom('egress', '::', 'fe80::2', icmp(135)), want: 'never' },
  {
    name: 'a question for a router without an address',
    given: ipFrom('egress', '::', 'ff02::2', icmp(133)),
    want: 'never',
  },
  {
    name: 'a question for a router',
    given: ipFrom('egress', 'fe80::1', 'ff02::2', icmp(133)),
    want: 'always',
  },
  {
    name: 'a question for a neighbour',
    given: ipFrom('egress', 'fe80::1', 'ff02::1:ff00:2', icmp(135)),
    want: 'always',
  },
  {
    name: 'one from an address of another',
    given: ipFrom('egress', 'fe80::2', 'ff02::1:ff00:2', icmp(135)),
    want: 'never',
  },
  {
    name: 'what says that an own address is here',
    given: ipFrom('egress', 'fe80::1', 'fe80::2', icmp(136, '2001:db8::1')),
    want: 'always',
  },
  {
    name: 'what says that an address of another is here',
    given: ipFrom('egress', 'fe80::1', 'fe80::2', icmp(136, '2001:db8::2')),
    want: 'never',
  },
  {
    name: 'an advertisement of a router from the machine',
    given: ipFrom('egress', 'fe80::1', 'ff02::1', icmp(134)),
    want: 'never',
  },
  {
    name: 'an advertisement of a router',
    given: ipFrom('ingress', 'fe80::2', 'ff02::1', icmp(134)),
    want: 'always',
  },
  {
    name: 'a neighbour',
    given: ipFrom('ingress', 'fe80::2', 'fe80::1', icmp(136, 'fe80::2')),
    want: 'always',
  },
  {
    name: 'a question for multicast groups',
    given: ipFrom('ingress', 'fe80::2', 'ff02::1', icmp(130)),
    want: 'always',
  },
  { name: 'a redirect', given: ipFrom('ingress', 'fe80::2', 'fe80::1', icmp(137)), want: 'by-rules' },
  {
    name: 'that fragmentation is needed',
    given: ipFrom('ingress', '198.51.100.7', '192.0.2.1', icmp(3)),
    want: 'by-rules',
  },
  {
    name: 'that a packet is too big',
    given: ipFrom('ingress', '2001:db8::2', '2001:db8::1', icmp(2)),
    want: 'by-rules',
  },
  {
    name: 'such an error from the machine',
    given: ipFrom('egress', '192.0.2.1', '198.51.100.7', icmp(3)),
    want: 'by-rules',
  },
  { name: 'a ping', given: ipFrom('egress', '192.0.2.1', '198.51.100.7', icmp(8)), want: 'by-rules' },
  {
    name: 'what comes from an own address',
    given: ipFrom('egress', '192.0.2.1', '198.51.100.7', udp(40_000, 53)),
    want: 'by-rules',
  },
  {
    name: 'what comes from an address of another',
    given: ipFrom('egress', '192.0.2.2', '198.51.100.7', udp(40_000, 53)),
    want: 'never',
  },
  {
    name: 'what goes to the machine',
    given: ipFrom('ingress', '198.51.100.7', '192.0.2.1', udp(40_000, 53)),
    want: 'by-rules',
  },
  {
    name: 'what has no ports',
    given: ipFrom('ingress', '198.51.100.7', '192.0.2.1', { kind: 'other', protocol: 47 }),
    want: 'by-rules',
  },
  {
    name: 'a fragment whose first nobody has seen',
    given: {
      ...ipFrom('ingress', '198.51.100.7', '192.0.2.1', udp(40_000, 53)),
      fragment: { kind: 'later', id: 99 },
    },
    want: 'never',
  },
  {
    name: 'ARP for an own address',
    given: {
      kind: 'arp',
      direction: 'egress',
      sourceMac: mac,
      operation: 1,
      senderMac: mac,
      senderIp: '192.0.2.1',
    },
    want: 'always',
  },
  {
    name: 'ARP for an address of another',
    given: {
      kind: 'arp',
      direction: 'egress',
      sourceMac: mac,
      operation: 2,
      senderMac: mac,
      senderIp: '192.0.2.2',
    },
    want: 'never',
  },
  {
    name: 'ARP without an address',
    given: {
      kind: 'arp',
      direction: 'egress',
      sourceMac: mac,
      operation: 1,
      senderMac: mac,
      senderIp: '0.0.0.0',
    },
    want: 'never',
  },
  {
    name: 'ARP that names the MAC of another',
    given: {
      kind: 'arp',
      direction: 'egress',
      sourceMac: mac,
      operation: 2,
      senderMac: otherMac,
      senderIp: '192.0.2.1',
    },
    want: 'never',
  },
  {
    name: 'ARP of the other side',
    given: {
      kind: 'arp',
      direction: 'ingress',
      sourceMac: otherMac,
      operation: 2,
      senderMac: otherMac,
      senderIp: '192.0.2.2',
    },
    want: 'always',
  },
  ...(['rarp', 'tagged', 'priority-tagged', 'experiment'] as const).flatMap((what) =>
    (['ingress', 'egress'] as const).map((direction) => ({
      name: `a frame of another kind, ${what}, ${direction}`,
      given: { kind: 'other', direction, sourceMac: mac, what } as const,
      want: 'never' as const,
    })),
  ),
];

const fateOf = (passed: readonly boolean[]): Fate | undefined =>
  (
    ({ 'true true true': 'always', 'false false false': 'never', 'true true false': 'by-rules' }) as Readonly<
      Record<string, Fate>
    >
  )[passed.join(' ')];

inOwnNetwork(import.meta.filename, () => {
  test('the kernel and judgePacket() let pass what always passes, and never what never does', async () => {
    using path = new FramePath(vf.netdevName);
    using filters = new NftPacketFilters();
    const judged = fates.map(() => [] as boolean[]);
    for (const filter of postures) {
      await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
      await filters.apply({ kind: 'set-filter', ...vf, filter });
      for (const [at, { given, name }] of fates.entries()) {
        const passed = await path.send(encodeFrame(given, at), given.direction);
        assert.equal(judgePacket(filter, new FlowTable(), given, 0), passed, name);
        judged[at]?.push(passed);
      }
    }
    assert.deepEqual(
      fates.map(({ name }, at) => [name, fateOf(judged[at] ?? [])]),
      fates.map(({ name, want }) => [name, want]),
    );
  });
});
