import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCapturedMessages, readMeaning } from '../captured.ts';
import { encodeMessage, NetlinkDecodeError, splitMessages } from '../wire/index.ts';
import {
  decodeLink,
  decodeLinkEvent,
  encodeGetLink,
  encodeListLinks,
  encodeSetLink,
  encodeSetVf,
  type VfAttribute,
} from './index.ts';
import { attribute, u64 } from './vf-bytes.ts';

test('decodeLink() reads a dump captured from Linux 6.18', () => {
  const links = readCapturedMessages('rtnetlink/fixtures/links').map(decodeLink);
  // JSON has no integers of 64 bits.
  const written = JSON.stringify(links, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  assert.deepEqual(JSON.parse(written), readMeaning('rtnetlink/fixtures/links'));
});

/** A link of which nothing is told but its name and this much of struct rtnl_link_stats64. */
function linkWithStats(counters: readonly bigint[]): Parameters<typeof decodeLink>[0] {
  const payload = Buffer.concat([
    Buffer.alloc(16),
    attribute(3, Buffer.from('eth0\0')),
    attribute(23, ...counters.map(u64)),
  ]);
  return { type: 16, flags: 0, sequence: 0, portId: 0, payload };
}

test('decodeLink() reads counters of 64 bits, and passes over those that newer kernels have', () => {
  const counters = Array.from({ length: 25 }, (_, place) => 2n ** 63n + BigInt(place));
  assert.deepEqual(decodeLink(linkWithStats(counters)).stats, {
    rxPackets: 2n ** 63n,
    txPackets: 2n ** 63n + 1n,
    rxBytes: 2n ** 63n + 2n,
    txBytes: 2n ** 63n + 3n,
    rxErrors: 2n ** 63n + 4n,
    txErrors: 2n ** 63n + 5n,
    rxDropped: 2n ** 63n + 6n,
    txDropped: 2n ** 63n + 7n,
    multicast: 2n ** 63n + 8n,
  });
  assert.equal(decodeLink(linkWithStats(counters.slice(0, 8))).stats, null);
});

test('decodeLinkEvent() tells a link that left its bridge from one that was deleted', () => {
  const events = readCapturedMessages('rtnetlink/fixtures/link-events').map((message) => {
    const event = decodeLinkEvent(message);
    if (event === null) return null;
    const { ifIndex, name, up, master } = event.link;
    return { kind: event.kind, ifIndex, name, up, master };
  });
  assert.deepEqual(events, readMeaning('rtnetlink/fixtures/link-events'));
});

test('decodeLink() refuses a message that is no link, and a link without name', () => {
  const empty = { type: 16, flags: 0, sequence: 0, portId: 0, payload: new Uint8Array(16) };
  assert.throws(() => decodeLink(empty), NetlinkDecodeError);
  assert.throws(() => decodeLink({ ...empty, payload: new Uint8Array(15) }), NetlinkDecodeError);
  for (const [message] of [readCapturedMessages('rtnetlink/fixtures/fdb')]) {
    assert.ok(message);
    assert.throws(() => decodeLink(message), NetlinkDecodeError);
  }
});

const hexOf = (request: Parameters<typeof encodeMessage>[0]): string =>
  encodeMessage(request, 1, 0)
    .toString('hex')
    .replaceAll(/(.{8})(?=.)/g, '$1 ');

/** Header: length, type and flags, sequence 1, port 0. Then struct ifinfomsg: family and type, index, flags, change. */
const requests: readonly { name: string; given: Parameters<typeof encodeMessage>[0]; want: string }[] = [
  {
    name: 'encodeListLinks() with VFs asks for IFLA_EXT_MASK VF and SKIP_STATS',
    given: encodeListLinks('vfs'),
    want: '28000000 12000103 01000000 00000000 00000000 00000000 00000000 00000000 08001d00 09000000',
  },
  {
    name: 'encodeListLinks() with counters asks for VF alone',
    given: encodeListLinks('vfs-and-stats'),
    want: '28000000 12000103 01000000 00000000 00000000 00000000 00000000 00000000 08001d00 01000000',
  },
  {
    name: 'encodeGetLink() by number',
    given: encodeGetLink({ ifIndex: 7 }, 'plain'),
    want: '28000000 12000500 01000000 00000000 00000000 07000000 00000000 00000000 08001d00 08000000',
  },
  {
    name: 'encodeGetLink() by name',
    given: encodeGetLink({ name: 'lo' }, 'plain'),
    want: '30000000 12000500 01000000 00000000 00000000 00000000 00000000 00000000 07000300 6c6f0000 08001d00 08000000',
  },
  {
    name: 'encodeGetLink() by a name that only an altname can be',
    given: encodeGetLink({ name: 'enp1s0f0np0v127x' }, 'plain'),
    want: '40000000 12000500 01000000 00000000 00000000 00000000 00000000 00000000 15003500 656e7031 73306630 6e703076 31323778 00000000 08001d00 08000000',
  },
  {
    name: 'encodeSetLink() up',
    given: encodeSetLink(7, { kind: 'admin-state', up: true }),
    want: '20000000 13000500 01000000 00000000 00000000 07000000 01000000 01000000',
  },
  {
    name: 'encodeSetLink() down',
    given: encodeSetLink(7, { kind: 'admin-state', up: false }),
    want: '20000000 13000500 01000000 00000000 00000000 07000000 00000000 01000000',
  },
  {
    name: 'encodeSetLink() MTU',
    given: encodeSetLink(7, { kind: 'mtu', mtu: 9000 }),
    want: '28000000 13000500 01000000 00000000 00000000 07000000 00000000 00000000 08000400 28230000',
  },
  {
    name: 'encodeSetLink() name',
    given: encodeSetLink(7, { kind: 'name', name: 'pf0' }),
    want: '28000000 13000500 01000000 00000000 00000000 07000000 00000000 00000000 08000300 70663000',
  },
];
for (const { name, given, want } of requests) test(name, () => assert.equal(hexOf(given), want));

/** What stands after struct ifinfomsg: IFLA_VFINFO_LIST, IFLA_VF_INFO, and the attribute. */
const vfRequests: readonly { name: string; given: VfAttribute; want: string }[] = [
  {
    name: 'mac',
    given: { kind: 'mac', mac: '52:54:00:00:00:03' },
    want: `30001680 2c000180 28000100 03000000 52540000 00030000 ${'00000000 '.repeat(6).trimEnd()}`,
  },
  {
    name: 'vlan',
    given: { kind: 'vlan', id: 100, qos: 5, proto: '802.1ad' },
    want: '20001680 1c000180 18000c80 14000100 03000000 64000000 05000000 88a80000',
  },
  {
    name: 'rate',
    given: { kind: 'rate', minTxRateMbps: null, maxTxRateMbps: 1000 },
    want: '18001680 14000180 10000600 03000000 00000000 e8030000',
  },
  {
    name: 'spoof check',
    given: { kind: 'spoof-check', enabled: true },
    want: '14001680 10000180 0c000400 03000000 01000000',
  },
  {
    name: 'trust',
    given: { kind: 'trust', enabled: false },
    want: '14001680 10000180 0c000900 03000000 00000000',
  },
  {
    name: 'link state',
    given: { kind: 'link-state', state: 'disable' },
    want: '14001680 10000180 0c000500 03000000 02000000',
  },
];
for (const { name, given, want } of vfRequests) {
  test(`encodeSetVf() ${name}`, () => {
    const header = '00000000 07000000 00000000 00000000 ';
    assert.equal(hexOf(encodeSetVf(7, 3, given)).slice('00000000 '.length * 4), header + want);
  });
}

test('requests refuse what does not fit', () => {
  const wrong: readonly (() => unknown)[] = [
    () => encodeGetLink({ name: '' }, 'plain'),
    () => encodeGetLink({ name: 'x'.repeat(128) }, 'plain'),
    () => encodeGetLink({ ifIndex: 1.5 }, 'plain'),
    () => encodeSetLink(-1, { kind: 'mtu', mtu: 1500 }),
    () => encodeSetLink(7, { kind: 'mtu', mtu: 2 ** 32 }),
    () => encodeSetLink(7, { kind: 'name', name: 'x'.repeat(16) }),
    () => encodeSetLink(7, { kind: 'name', name: 'a\0b' }),
    () => encodeSetVf(7, 0, { kind: 'mac', mac: '52:54:00' + ':00'.repeat(30) }),
    () => encodeSetVf(7, 0, { kind: 'mac', mac: 'not a mac' }),
    () => encodeSetVf(7, 0, { kind: 'vlan', id: 4096, qos: 0, proto: '802.1q' }),
    () => encodeSetVf(7, 0, { kind: 'vlan', id: 1, qos: 8, proto: '802.1q' }),
    () => encodeSetVf(7, 0, { kind: 'rate', minTxRateMbps: -1, maxTxRateMbps: null }),
    () => encodeSetVf(7, -1, { kind: 'trust', enabled: true }),
  ];
  for (const encode of wrong) assert.throws(encode, RangeError);
});

test('encodeMessage() and splitMessages() are each other’s reverse', () => {
  const request = encodeSetLink(7, { kind: 'name', name: 'odd' });
  const [message] = splitMessages(encodeMessage(request, 0xffff_ffff, 42));
  assert.equal(message?.sequence, 0xffff_ffff);
  assert.equal(message?.portId, 42);
  assert.equal(message?.type, request.type);
  assert.deepEqual(Buffer.from(message?.payload ?? []), Buffer.from(request.payload));
});
