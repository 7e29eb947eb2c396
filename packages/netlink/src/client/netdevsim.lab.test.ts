import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { DevlinkClient, RouteClient } from './index.ts';

// Runs inside a lab host, on the kernel's own simulated device: what no card of the lab has, hundreds of VFs and switchdev.

const device = '/sys/bus/netdevsim/devices/netdevsim10';
const handle = { busName: 'netdevsim', devName: 'netdevsim10' };
const VFS = 200;
const route = new RouteClient();
const devlink = await DevlinkClient.open();

const setNumVfs = (numVfs: number): void => writeFileSync(`${device}/sriov_numvfs`, `${numVfs}`);
// The device has two ports. Both show the VFs; the second is left alone.
const [name = ''] = readdirSync(`${device}/net`).toSorted();
const macOf = (vfIndex: number): string => `52:54:00:00:dd:${vfIndex.toString(16).padStart(2, '0')}`;

before(() => setNumVfs(0));
afterEach(() => setNumVfs(0));
after(() => {
  route.close();
  devlink?.close();
});

test(`RouteClient shows ${VFS} VFs, each with the settings it was given and no other`, async () => {
  setNumVfs(VFS);
  const { ifIndex } = await route.getLink({ name });
  for (let vfIndex = 0; vfIndex < VFS; vfIndex += 1) {
    await route.setVf(ifIndex, vfIndex, { kind: 'mac', mac: macOf(vfIndex) });
    await route.setVf(ifIndex, vfIndex, {
      kind: 'vlan',
      id: 1000 + vfIndex,
      qos: vfIndex % 8,
      proto: vfIndex % 2 === 0 ? '802.1q' : '802.1ad',
    });
    await route.setVf(ifIndex, vfIndex, {
      kind: 'rate',
      minTxRateMbps: vfIndex,
      maxTxRateMbps: 1000 + vfIndex,
    });
    await route.setVf(ifIndex, vfIndex, { kind: 'spoof-check', enabled: vfIndex % 3 === 0 });
    await route.setVf(ifIndex, vfIndex, { kind: 'trust', enabled: vfIndex % 5 === 0 });
    await route.setVf(ifIndex, vfIndex, {
      kind: 'link-state',
      state: vfIndex % 7 === 0 ? 'disable' : 'enable',
    });
  }
  const expected = Array.from({ length: VFS }, (_, vfIndex) => ({
    vfIndex,
    adminMac: macOf(vfIndex),
    vlans: [{ id: 1000 + vfIndex, qos: vfIndex % 8, proto: vfIndex % 2 === 0 ? '802.1q' : '802.1ad' }],
    minTxRateMbps: vfIndex === 0 ? null : vfIndex,
    maxTxRateMbps: 1000 + vfIndex,
    spoofCheck: vfIndex % 3 === 0,
    trust: vfIndex % 5 === 0,
    linkState: vfIndex % 7 === 0 ? 'disable' : 'enable',
    stats: null,
  }));
  const dumped = (await route.listLinks('vfs')).find((link) => link.ifIndex === ifIndex);
  assert.deepEqual(dumped?.vfs, expected);
  assert.deepEqual((await route.getLink({ ifIndex }, 'vfs')).vfs, expected);
});

test('RouteClient refuses a VF beyond the last one with the errno of the kernel', async () => {
  setNumVfs(2);
  const { ifIndex } = await route.getLink({ name });
  await assert.rejects(route.setVf(ifIndex, 2, { kind: 'mac', mac: macOf(2) }), { code: 'EINVAL' });
});

test('DevlinkClient changes the mode and shows a representor for each VF', async () => {
  setNumVfs(4);
  assert.ok(devlink !== null);
  assert.equal((await devlink.getEswitch(handle)).mode, 'legacy');
  await devlink.setEswitch(handle, { kind: 'mode', mode: 'switchdev' });
  try {
    assert.equal((await devlink.getEswitch(handle)).mode, 'switchdev');
    const ports = (await devlink.listPorts(handle)).filter(({ flavour }) => flavour === 'pcivf');
    assert.deepEqual(
      ports.map(({ vfNumber }) => vfNumber),
      [0, 1, 2, 3],
    );
    // By number: udev may rename them at this very moment.
    for (const { netdev } of ports)
      assert.ok((await route.getLink({ ifIndex: netdev?.ifIndex ?? 0 })).ifIndex > 0);
  } finally {
    await devlink.setEswitch(handle, { kind: 'mode', mode: 'legacy' });
  }
});
