import type { Fragment, IpPacket, Packet, Transport } from '@virtfn/host-simulator';
import {
  type FilterMatch,
  type FilterRule,
  parseIpPrefix,
  parseMacAddress,
  type PortFilter,
} from '@virtfn/model';
import fc from 'fast-check';

// Everything is taken from few values, so that it meets.

const macs = ['52:54:00:aa:00:01', '52:54:00:aa:00:02', '52:54:00:bb:00:03'].map(parseMacAddress);
const prefixes = {
  IPv4: ['192.0.2.1/32', '192.0.2.2/32', '192.0.2.0/24', '192.0.2.99/25', '198.51.100.0/24', '0.0.0.0/0'].map(
    parseIpPrefix,
  ),
  IPv6: [
    'fe80::1/128',
    '2001:db8::1/128',
    '2001:db8::/64',
    '2001:db8::77/125',
    '2001:db8:1::/48',
    '::/0',
  ].map(parseIpPrefix),
} as const;
const addresses = {
  IPv4: [
    '192.0.2.1',
    '192.0.2.2',
    '192.0.2.130',
    '198.51.100.7',
    '203.0.113.9',
    '0.0.0.0',
    '255.255.255.255',
  ],
  IPv6: [
    'fe80::1',
    '2001:db8::1',
    '2001:db8::72',
    '2001:db8:1::9',
    '2001:db8:f::1',
    '::',
    'ff02::1',
    'ff02::1:ff00:1',
  ],
} as const;
const ports = [22, 67, 68, 80, 546, 547, 40_000];
const icmpTypes = {
  IPv4: [0, 3, 5, 8, 11, 12, 13],
  IPv6: [1, 2, 3, 4, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 143],
} as const;

const anEthertype = fc.constantFrom('IPv4', 'IPv6');
const aDirection = fc.constantFrom('ingress', 'egress');
const aMac = fc.constantFrom(...macs);
/** A machine sends what is its own more often than what is not. */
const aSender = fc.constantFrom(...macs, ...macs.slice(0, 1), ...macs.slice(0, 1));

const aSource = fc.record({
  mac: fc.constantFrom(...macs.slice(0, 2)),
  prefix: fc.constantFrom(...prefixes.IPv4, ...prefixes.IPv6),
});

const aMatch = (ethertype: 'IPv4' | 'IPv6'): fc.Arbitrary<FilterMatch | null> =>
  fc.oneof(
    fc.constant(null),
    fc.record({
      kind: fc.constant('protocol'),
      protocol: fc.constantFrom(1, 2, 6, 17, 33, 47, 58, 132),
      ports: fc.option(
        fc.tuple(fc.constantFrom(...ports), fc.constantFrom(...ports)).map(([a, b]) => ({
          first: Math.min(a, b),
          last: Math.max(a, b),
        })),
      ),
    }),
    fc
      .tuple(fc.option(fc.constantFrom(...icmpTypes[ethertype])), fc.constantFrom(null, 0, 4))
      .map(([type, code]): FilterMatch => ({ kind: 'icmp', type, code: type === null ? null : code })),
  );

const aRule: fc.Arbitrary<FilterRule> = anEthertype.chain((ethertype) =>
  fc.record({
    direction: aDirection,
    ethertype: fc.constant(ethertype),
    match: aMatch(ethertype),
    remotes: fc.option(fc.array(fc.constantFrom(...prefixes[ethertype]), { maxLength: 3 })),
    isStateful: fc.boolean(),
  }),
);

export const aFilter: fc.Arbitrary<PortFilter> = fc.record({
  sources: fc.array(aSource, { maxLength: 5 }),
  rules: fc.array(aRule, { maxLength: 7 }),
});

const aTransport = (ethertype: 'IPv4' | 'IPv6'): fc.Arbitrary<Transport> => {
  const port = fc.constantFrom(...ports);
  return fc.oneof(
    fc.record({
      kind: fc.constant('tcp'),
      sourcePort: port,
      destinationPort: port,
      flags: fc.constantFrom('syn', 'syn-ack', 'ack', 'fin', 'rst'),
    }),
    fc.record({
      kind: fc.constant('datagram'),
      protocol: fc.constantFrom(17, 17, 33, 132),
      sourcePort: port,
      destinationPort: port,
    }),
    fc
      .record({
        type: fc.constantFrom(...icmpTypes[ethertype]),
        code: fc.constantFrom(0, 4),
        id: fc.constantFrom(1, 2),
      })
      .chain((icmp) =>
        fc.record({
          kind: fc.constant('icmp'),
          type: fc.constant(icmp.type),
          code: fc.constant(icmp.code),
          id: fc.constant(icmp.id),
          target:
            ethertype === 'IPv6' && icmp.type === 136
              ? fc.constantFrom(...addresses.IPv6)
              : fc.constant(null),
        }),
      ),
    fc.record({
      kind: fc.constant('other'),
      protocol: fc.constantFrom(2, 47, ethertype === 'IPv4' ? 58 : 1),
    }),
  );
};

const aFragment: fc.Arbitrary<Fragment> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'none' }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('first', 'later'), id: fc.constantFrom(0x1234, 0xbeef) }),
  },
);

const aPacket: fc.Arbitrary<Packet> = fc.oneof(
  {
    weight: 12,
    arbitrary: anEthertype.chain((ethertype) =>
      fc.record({
        kind: fc.constant('ip'),
        direction: aDirection,
        sourceMac: aSender,
        ethertype: fc.constant(ethertype),
        source: fc.constantFrom(...addresses[ethertype]),
        destination: fc.constantFrom(...addresses[ethertype]),
        transport: aTransport(ethertype),
        fragment: aFragment,
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('arp'),
      direction: aDirection,
      sourceMac: aSender,
      operation: fc.constantFrom(1, 2, 8),
      senderMac: aMac,
      senderIp: fc.constantFrom(...addresses.IPv4),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('other'),
      direction: aDirection,
      sourceMac: aSender,
      what: fc.constantFrom('rarp', 'tagged', 'priority-tagged', 'experiment'),
    }),
  },
);

/** What happens at a port. */
export type Move =
  | { readonly kind: 'send'; readonly packet: Packet }
  /** The other side answers a packet before, or goes on with it. */
  | {
      readonly kind: 'follow';
      readonly back: number;
      readonly way: 'answer' | 'again' | 'later-fragment';
      readonly flags: 'syn-ack' | 'ack' | 'fin';
    }
  | { readonly kind: 'set'; readonly filter: PortFilter };

export const aMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('send'), packet: aPacket }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('follow'),
      back: fc.nat(5),
      way: fc.constantFrom('answer', 'answer', 'again', 'later-fragment'),
      flags: fc.constantFrom('syn-ack', 'ack', 'fin'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set'), filter: aFilter }) },
);

/** The packet of a move that follows another. */
export function following(before: Packet, { way, flags }: Extract<Move, { kind: 'follow' }>): Packet {
  if (before.kind !== 'ip' || way === 'again') return before;
  if (way === 'later-fragment') {
    const id = before.fragment.kind === 'none' ? 0x1234 : before.fragment.id;
    return { ...before, fragment: { kind: 'later', id } };
  }
  return answerTo(before, flags);
}

function answerTo(before: IpPacket, flags: 'syn-ack' | 'ack' | 'fin'): IpPacket {
  const { transport } = before;
  return {
    ...before,
    direction: before.direction === 'ingress' ? 'egress' : 'ingress',
    source: before.destination,
    destination: before.source,
    fragment: { kind: 'none' },
    transport: answeringTransport(transport, flags),
  };
}

function answeringTransport(transport: Transport, flags: 'syn-ack' | 'ack' | 'fin'): Transport {
  switch (transport.kind) {
    case 'tcp':
    case 'datagram': {
      const turned = {
        ...transport,
        sourcePort: transport.destinationPort,
        destinationPort: transport.sourcePort,
      };
      return turned.kind === 'tcp' ? { ...turned, flags } : turned;
    }
    case 'icmp':
      return { ...transport, type: { 8: 0, 128: 129 }[transport.type] ?? transport.type };
    case 'other':
      return transport;
  }
}
