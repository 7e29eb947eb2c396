import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCapturedMessages, readMeaning } from '../captured.ts';
import { encodeMessage, NetlinkDecodeError, type NetlinkMessage } from '../wire/index.ts';
import {
  decodeFdbEntry,
  decodeRoute,
  encodeAddFdb,
  encodeListFdb,
  encodeListRoutes,
  encodeRemoveFdb,
} from './index.ts';
import { attribute, u32 } from './vf-bytes.ts';

const hexOf = (request: Parameters<typeof encodeMessage>[0]): string =>
  encodeMessage(request, 1, 0)
    .toString('hex')
    .replaceAll(/(.{8})(?=.)/g, '$1 ');

function message(type: number, ...payload: readonly Uint8Array[]): NetlinkMessage {
  return { type, flags: 0, sequence: 1, portId: 0, payload: Buffer.concat(payload) };
}

test('decodeFdbEntry() reads a dump captured from Linux 6.18', () => {
  const entries = readCapturedMessages('rtnetlink/fixtures/fdb').map(decodeFdbEntry);
  assert.deepEqual(entries, readMeaning('rtnetlink/fixtures/fdb'));
});

test('decodeFdbEntry() reads an entry with VLAN', () => {
  // struct ndmsg: AF_BRIDGE, padding; ifindex; state permanent and noarp, flags self, type. NDA_VLAN is a u16.
  const header = Buffer.concat([u32(7, 3), Buffer.from([0xc0, 0, 2, 0])]);
  const entry = message(
    28,
    header,
    attribute(2, Buffer.from([2, 0, 0, 0, 0, 9])),
    attribute(5, Buffer.from([100, 0])),
  );
  const want = { ifIndex: 3, mac: '02:00:00:00:00:09', vlan: 100, master: null, self: true, permanent: true };
  assert.deepEqual(decodeFdbEntry(entry), want);
});

test('decodeFdbEntry() gives null for neighbours of IP, and for an entry without address', () => {
  assert.equal(decodeFdbEntry(message(28, u32(2, 3, 0))), null);
  assert.equal(decodeFdbEntry(message(28, u32(7, 3, 0))), null);
});

/** Header, then struct ndmsg: family 7, ifindex, state 0x40 | 0x80 and flags 2; then NDA_LLADDR, NDA_VLAN. */
test('encodeAddFdb() writes what `bridge fdb add … self permanent` does', () => {
  const target = { ifIndex: 3, mac: '52:54:00:00:00:99' };
  assert.equal(
    hexOf(encodeAddFdb({ ...target, vlan: null })),
    '28000000 1c000506 01000000 00000000 07000000 03000000 c0000200 0a000200 52540000 00990000',
  );
  assert.equal(
    hexOf(encodeAddFdb({ ...target, vlan: 100 })),
    '30000000 1c000506 01000000 00000000 07000000 03000000 c0000200 0a000200 52540000 00990000 06000500 64000000',
  );
  assert.equal(
    hexOf(encodeRemoveFdb({ ...target, vlan: null })),
    '28000000 1d000500 01000000 00000000 07000000 03000000 c0000200 0a000200 52540000 00990000',
  );
  for (const vlan of [0, 4095, 1.5]) assert.throws(() => encodeAddFdb({ ...target, vlan }), RangeError);
});

test('encodeListFdb() names the link in the header, where strict checking looks for it', () => {
  assert.equal(hexOf(encodeListFdb(3)), '1c000000 1e000103 01000000 00000000 07000000 03000000 00000000');
  assert.equal(hexOf(encodeListFdb(null)), '1c000000 1e000103 01000000 00000000 07000000 00000000 00000000');
});

for (const family of ['ipv4', 'ipv6'] as const) {
  test(`decodeRoute() reads ${family} routes captured from Linux 6.18`, () => {
    const routes = readCapturedMessages(`rtnetlink/fixtures/routes-${family}`).map(decodeRoute);
    assert.deepEqual(routes, readMeaning(`rtnetlink/fixtures/routes-${family}`));
  });
}

test('decodeRoute() refuses next hops that do not move on', () => {
  // struct rtmsg: family, dst_len, src_len, tos; table main, protocol, scope, type unicast; flags.
  const header = Buffer.from([2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0]);
  assert.throws(() => decodeRoute(message(24, header, attribute(9, u32(0, 0)))), NetlinkDecodeError);
  assert.throws(() => decodeRoute(message(24, header, attribute(9, u32(8)))), NetlinkDecodeError);
});

test('decodeRoute() passes over cached copies', () => {
  const header = Buffer.from([10, 0, 0, 0, 254, 3, 0, 1, 0, 2, 0, 0]);
  assert.equal(decodeRoute(message(24, header, attribute(4, u32(3)))), null);
});

test('encodeListRoutes() sends nothing but the family', () => {
  assert.equal(
    hexOf(encodeListRoutes('ipv6')),
    '1c000000 1a000103 01000000 00000000 0a000000 00000000 00000000',
  );
});
