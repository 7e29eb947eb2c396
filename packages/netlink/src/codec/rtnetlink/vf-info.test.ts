import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetlinkMessage } from '../wire/index.ts';
import { decodeLink, type Link, type VfInfo } from './index.ts';
import { pfPayload, quietVf, type VfFacts, vfInfo } from './vf-bytes.ts';

function decode(vfs: readonly VfFacts[], change: (payload: Buffer) => Buffer = (same) => same): Link {
  return decodeLink(message(change(pfPayload(vfs))));
}

function message(payload: Uint8Array): NetlinkMessage {
  return { type: 16, flags: 0, sequence: 1, portId: 0, payload };
}

const stats = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 2n ** 63n];
const loud: VfFacts = {
  vf: 3,
  mac: [0x52, 0x54, 0, 0, 0, 3],
  vlan: 100,
  qos: 5,
  proto: 0x88a8,
  minTxRate: 100,
  maxTxRate: 25_000,
  spoofCheck: 1,
  trust: 0,
  linkState: 2,
  stats,
};
const quiet: VfInfo = {
  vfIndex: 0,
  adminMac: '00:00:00:00:00:00',
  vlans: [],
  minTxRateMbps: null,
  maxTxRateMbps: null,
  spoofCheck: null,
  trust: null,
  linkState: 'auto',
  stats: null,
};

test('vfInfo() of the test has the size the kernel has: 196 bytes, 296 with counters', () => {
  assert.equal(vfInfo(quietVf).length, 196);
  assert.equal(vfInfo(loud).length, 296);
});

test('decodeLink() reads every attribute of a VF', () => {
  const link = decode([quietVf, loud]);
  assert.equal(link.numVfs, 2);
  assert.equal(link.vfListTruncated, false);
  assert.equal(link.parentDevName, '0000:3b:00.0');
  assert.deepEqual(link.vfs, [
    quiet,
    {
      vfIndex: 3,
      adminMac: '52:54:00:00:00:03',
      vlans: [{ id: 100, qos: 5, proto: '802.1ad' }],
      minTxRateMbps: 100,
      maxTxRateMbps: 25_000,
      spoofCheck: true,
      trust: false,
      linkState: 'disable',
      stats: {
        rxPackets: 1n,
        txPackets: 2n,
        rxBytes: 3n,
        txBytes: 4n,
        broadcast: 5n,
        multicast: 6n,
        rxDropped: 7n,
        txDropped: 2n ** 63n,
      },
    },
  ]);
});

test('decodeLink() reads what differs from driver to driver', () => {
  const cases: readonly { name: string; given: Partial<VfFacts>; want: Partial<VfInfo> }[] = [
    { name: 'trusted', given: { trust: 1 }, want: { trust: true } },
    { name: 'spoof check off', given: { spoofCheck: 0 }, want: { spoofCheck: false } },
    { name: 'link state enable', given: { linkState: 1 }, want: { linkState: 'enable' } },
    { name: 'a link state of the future', given: { linkState: 9 }, want: { linkState: null } },
    { name: 'VLAN', given: { vlan: 7 }, want: { vlans: [{ id: 7, qos: 0, proto: '802.1q' }] } },
    { name: 'priority only', given: { qos: 2 }, want: { vlans: [{ id: 0, qos: 2, proto: '802.1q' }] } },
    {
      name: 'a protocol of the future',
      given: { vlan: 7, proto: 0x9100 },
      want: { vlans: [{ id: 7, qos: 0, proto: '0x9100' }] },
    },
    { name: 'maximum only', given: { maxTxRate: 50 }, want: { maxTxRateMbps: 50 } },
  ];
  for (const { name, given, want } of cases) {
    assert.deepEqual(decode([{ ...quietVf, ...given }]).vfs, [{ ...quiet, ...want }], name);
  }
});

test('decodeLink() falls back on IFLA_VF_VLAN and IFLA_VF_TX_RATE of old kernels', () => {
  // VF 0 with the newer attributes renamed to types that do not exist.
  const bytes = vfInfo({ ...quietVf, vlan: 9, qos: 1, maxTxRate: 70 });
  const payload = pfPayload([{ ...quietVf, vlan: 9, qos: 1, maxTxRate: 70 }]);
  const start = payload.indexOf(bytes);
  for (let at = start + 4; at < start + bytes.length; at += (payload.readUInt16LE(at) + 3) & ~3) {
    if ([6, 12].includes(payload.readUInt16LE(at + 2))) payload.writeUInt16LE(200, at + 2);
  }
  const [vf] = decodeLink(message(payload)).vfs;
  assert.deepEqual(vf, { ...quiet, vlans: [{ id: 9, qos: 1, proto: '802.1q' }], maxTxRateMbps: 70 });
});

test('decodeLink() reads addresses as long as those of the PF', () => {
  const guid = Array.from({ length: 20 }, (_, at) => at);
  const payload = pfPayload([{ ...quietVf, mac: guid }]);
  // The PF's own address comes first; replace it by one of 20 bytes.
  const at = payload.indexOf(Buffer.from([10, 0, 1, 0, 0x3c, 0xfd]));
  const longer = Buffer.concat([
    payload.subarray(0, at),
    Buffer.from([24, 0, 1, 0, ...guid]),
    payload.subarray(at + 12),
  ]);
  const link = decodeLink(message(longer));
  assert.equal(link.address?.length, 59);
  assert.equal(link.vfs[0]?.adminMac, link.address);
});

// The length of the list is a u16. 4 + 334 x 196 = 65468 is the last that fits, and 4 + 221 x 296 = 65420 with counters.
for (const { vfs, withStats } of [
  { vfs: 221, withStats: true },
  { vfs: 222, withStats: true },
  { vfs: 256, withStats: true },
  { vfs: 334, withStats: false },
  { vfs: 335, withStats: false },
  { vfs: 512, withStats: false },
  { vfs: 2000, withStats: true },
  { vfs: 16_384, withStats: false }, // 4 + 16384 x 196 is 4 modulo 65536: the length says "empty"
]) {
  test(`decodeLink() reads all of ${vfs} VFs ${withStats ? 'with' : 'without'} counters`, () => {
    const facts = Array.from({ length: vfs }, (_, vf) => ({
      ...quietVf,
      vf,
      vlan: vf % 4096,
      stats: withStats ? stats : null,
    }));
    const link = decode(facts);
    assert.equal(link.vfListTruncated, false);
    assert.deepEqual(
      link.vfs.map(({ vfIndex, vlans }) => [vfIndex, vlans[0]?.id ?? 0]),
      facts.map(({ vf, vlan }) => [vf, vlan]),
    );
    assert.equal(link.mtu, 9000, 'what follows the list is found');
  });
}

test('decodeLink() says that a wrapped list is truncated when its end cannot be found', () => {
  const facts = Array.from({ length: 400 }, (_, vf) => ({ ...quietVf, vf }));
  const damaged = decode(facts, (payload) => {
    const at = payload.indexOf(vfInfo({ ...quietVf, vf: 390 }));
    payload.writeUInt16LE(99, at + 2);
    return payload;
  });
  assert.equal(damaged.vfListTruncated, true);
  assert.deepEqual(damaged.vfs, []);
  assert.equal(damaged.name, 'ens1f0', 'what stands before the list is kept');
  assert.equal(damaged.numVfs, 400);
  assert.equal(damaged.mtu, null, 'what stands after it is not guessed');
});

test('decodeLink() leaves out nothing when VFs are missing in between, as when a driver fails for one', () => {
  const facts = [0, 1, 5, 9].map((vf) => ({ ...quietVf, vf }));
  assert.deepEqual(
    decode(facts).vfs.map(({ vfIndex }) => vfIndex),
    [0, 1, 5, 9],
  );
});
