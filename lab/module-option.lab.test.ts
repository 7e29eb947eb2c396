import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { labUnderTest, resetHost, virtfn, writeHostYaml } from './testing.ts';

// `modprobe -r igb; modprobe igb max_vfs=2` of the notes, without taking cards down that nobody spoke of.

const lab = labUnderTest();
const host = lab.host('fish-1');
const CONFIG = `
version: 1
pfs:
  - match: { pciAddress: "0000:01:00.0" }
    numVfs: 2
    moduleOption: igb.max_vfs
    vfs: [{ index: 1, vlan: 7 }]
`;
const numVfs = async (port: string): Promise<string> =>
  (await host.run(['cat', `/sys/bus/pci/devices/0000:${port}:00.0/sriov_numvfs`])).trim();

before(() => resetHost(host));
after(async () => {
  await host.sh('rm -f /etc/modprobe.d/virtfn-igb.conf; modprobe -r igb; modprobe igb; udevadm settle', {
    timeoutMs: 120_000,
  });
  await resetHost(host);
  await lab.disconnect();
});

test('virtfn apply names every card that loading igb anew takes down, and does it with --reload-driver only', async () => {
  await writeHostYaml(host, CONFIG);
  const refused = await virtfn(host, 'apply');
  // 3 where the port had to be brought up first.
  assert.ok(refused.status === 1 || refused.status === 3, refused.stdout);
  assert.match(
    refused.stdout,
    /takes down enp1s0 \(0000:01:00\.0\), enp2s0 \(0000:02:00\.0\) \(DRIVER_RELOAD_NEEDED\)/,
  );
  assert.deepEqual([await numVfs('01'), await numVfs('02')], ['0', '0']);

  const { status, stdout } = await virtfn(host, 'apply', '--reload-driver');
  assert.equal(status, 0, stdout);
  assert.match(stdout, /done {4}load driver igb anew with max_vfs=2, for PFs 0000:01:00\.0, 0000:02:00\.0/);
  assert.deepEqual([await numVfs('01'), await numVfs('02')], ['2', '2'], 'the option is for all ports');
  assert.match(await host.run(['cat', '/etc/modprobe.d/virtfn-igb.conf']), /^options igb max_vfs=2$/m);
  assert.match(await host.run(['ip', 'link', 'show', 'enp1s0']), /vf 1 .*vlan 7/);
  assert.match((await virtfn(host, 'plan')).stdout, /^Nothing to do/);
});
