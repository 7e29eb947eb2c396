import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { AttributeReader, Bytes, encodeGetLink, type LinkDetail } from '../codec/index.ts';
import { NetlinkSocket, Protocol } from '../socket/index.ts';
import { RouteClient } from './index.ts';

// Runs inside a lab host, on the kernel's own simulated device, with more VFs than the length of their list can tell:
// it is a u16, and 222 VFs with counters need 65,712 bytes.

const device = '/sys/bus/netdevsim/devices/netdevsim10';
const IFLA_VFINFO_LIST = 22;
const IFINFOMSG = 16;
/** Bytes of one VF in the list: without and with its counters, on Linux 6.12. */
const [PLAIN, COUNTED] = [196, 296];
/** Of these the settings are changed, on both sides of where the length wraps. */
const CHANGED: readonly number[] = [0, 1, 100, 199, 220, 221, 222, 255];

const route = new RouteClient();
const setNumVfs = (numVfs: number): void => writeFileSync(`${device}/sriov_numvfs`, `${numVfs}`);
const [name = ''] = readdirSync(`${device}/net`).toSorted();
const macOf = (vfIndex: number): string => `52:54:00:00:ee:${vfIndex.toString(16).padStart(2, '0')}`;

before(() => setNumVfs(0));
afterEach(() => setNumVfs(0));
after(() => route.close());

/** The length that the kernel wrote before the list of VFs. */
async function writtenLength(detail: LinkDetail): Promise<number> {
  using socket = new NetlinkSocket({ protocol: Protocol.route });
  const [reply] = await socket.request(encodeGetLink({ name }, detail), { what: 'read the list' });
  assert.ok(reply !== undefined);
  const bytes = new Bytes(reply.payload);
  const attributes = new AttributeReader(bytes, IFINFOMSG, bytes.length, IFLA_VFINFO_LIST);
  while (attributes.next()) if (attributes.type === IFLA_VFINFO_LIST) return attributes.lengthField;
  return assert.fail('no list of VFs');
}

for (const { numVfs, detail, bytesEach, wraps } of [
  { numVfs: 200, detail: 'vfs', bytesEach: PLAIN, wraps: false },
  { numVfs: 200, detail: 'vfs-and-stats', bytesEach: COUNTED, wraps: false },
  { numVfs: 221, detail: 'vfs-and-stats', bytesEach: COUNTED, wraps: false },
  { numVfs: 222, detail: 'vfs-and-stats', bytesEach: COUNTED, wraps: true },
  { numVfs: 256, detail: 'vfs-and-stats', bytesEach: COUNTED, wraps: true },
  { numVfs: 256, detail: 'vfs', bytesEach: PLAIN, wraps: false },
] as const) {
  const story = wraps ? 'whose length has wrapped' : 'whose length is right';
  test(`RouteClient lists ${numVfs} VFs with detail ${detail}, ${story}`, async () => {
    setNumVfs(numVfs);
    const { ifIndex } = await route.getLink({ name });
    const changed = CHANGED.filter((vfIndex) => vfIndex < numVfs);
    for (const vfIndex of changed) {
      await route.setVf(ifIndex, vfIndex, { kind: 'mac', mac: macOf(vfIndex) });
      await route.setVf(ifIndex, vfIndex, { kind: 'vlan', id: 1000 + vfIndex, qos: 3, proto: '802.1q' });
    }
    assert.equal(await writtenLength(detail), (4 + numVfs * bytesEach) & 0xffff);

    const listed = (await route.listLinks(detail)).find((link) => link.ifIndex === ifIndex);
    const single = await route.getLink({ ifIndex }, detail);
    for (const link of [listed, single]) {
      assert.ok(link !== undefined);
      assert.equal(link.vfListTruncated, false);
      assert.deepEqual(
        link.vfs.map(({ vfIndex }) => vfIndex),
        Array.from({ length: numVfs }, (_, vfIndex) => vfIndex),
      );
      for (const { vfIndex, adminMac, vlans, stats } of link.vfs) {
        const isChanged = changed.includes(vfIndex);
        assert.equal(adminMac, isChanged ? macOf(vfIndex) : '00:00:00:00:00:00');
        assert.deepEqual(vlans, isChanged ? [{ id: 1000 + vfIndex, qos: 3, proto: '802.1q' }] : []);
        assert.equal(stats === null, detail === 'vfs');
      }
    }
    // What stands behind the list in the message is read as well.
    assert.equal(listed?.name, name);
    assert.equal(single.parentDevName, 'netdevsim10');
  });
}

test('RouteClient lists all other links beside one whose list has wrapped', async () => {
  const names = (await route.listLinks('plain')).map((link) => link.name);
  setNumVfs(256);
  const beside = await route.listLinks('vfs-and-stats');
  assert.deepEqual(
    beside.map((link) => link.name),
    names,
  );
});

test('RouteClient sets all VFs at once, and tells of the one change that is refused', async () => {
  setNumVfs(200);
  const { ifIndex } = await route.getLink({ name });
  const changes = Array.from({ length: 200 }, (_, vfIndex) => [
    { vfIndex, attribute: { kind: 'mac', mac: macOf(vfIndex) } as const },
    { vfIndex, attribute: { kind: 'vlan', id: 1000 + vfIndex, qos: 0, proto: '802.1q' } as const },
  ]).flat();
  // There is no such VF.
  changes.splice(150, 0, { vfIndex: 250, attribute: { kind: 'mac', mac: macOf(250) } });
  const refusals = await route.setVfs(ifIndex, changes);
  assert.deepEqual(
    refusals.flatMap((refusal, at) => (refusal === null ? [] : [`${at}: ${refusal.code}`])),
    ['150: EINVAL'],
  );
  for (const { vfIndex, adminMac, vlans } of (await route.getLink({ ifIndex }, 'vfs')).vfs) {
    assert.equal(adminMac, macOf(vfIndex));
    assert.deepEqual(
      vlans.map(({ id }) => id),
      [1000 + vfIndex],
    );
  }
});
