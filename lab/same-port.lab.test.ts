import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  applyHostYaml,
  hears,
  labUnderTest,
  moveToNamespace,
  resetHost,
  virtfn,
  writeHostYaml,
} from './testing.ts';

// A guest on a bridge over a PF, and a VF of that PF: whether the switch of the card lets it reach the guest.

const lab = labUnderTest();
const host = lab.host('fish-1');
const first = '/sys/bus/pci/devices/0000:01:00.0';
/** It has a namespace of its own, so that no other interface of the host answers for its address. */
const GUEST = { mac: '52:54:00:bb:00:01', address: '10.9.0.100' } as const;
/** Of somebody else, who has made his own entry. */
const OTHERS_MAC = '52:54:00:bb:00:02';

const configOf = (numVfs: number, localMacs: readonly string[]): string => `
version: 1
pfs:
  - match: { pciAddress: "0000:01:00.0" }
    numVfs: ${numVfs}
    localMacs: [${localMacs.map((mac) => `"${mac}"`).join(', ')}]
    vfs: [{ index: 0, mac: "52:54:00:00:aa:10" }]
`;

/** What the kernel shows of the PF's own entries, without the groups that it is in. */
async function entries(): Promise<readonly string[]> {
  const shown = await host.sh(
    `bridge fdb show dev "$(ls ${first}/net)" | grep 'self permanent' | cut -d' ' -f1`,
  );
  return shown.split('\n').filter((mac) => mac.startsWith('52:'));
}

const joinNear = (): Promise<void> =>
  moveToNamespace(host, `${first}/virtfn0`, { name: 'near', address: '10.9.0.1' });

before(async () => {
  await resetHost(host);
  await host.sh(`
    port=$(ls ${first}/net)
    ip link add br0 type bridge
    ip link set "$port" master br0
    ip link set br0 up
    ip netns add guest
    ip link add tap0 master br0 type veth peer name port0 netns guest address ${GUEST.mac}
    ip link set tap0 up
    ip -n guest address add ${GUEST.address}/24 dev port0
    ip -n guest link set port0 up
    bridge fdb add ${OTHERS_MAC} dev "$port" self permanent
  `);
  await applyHostYaml(host, configOf(2, []));
  await joinNear();
});
after(async () => {
  await host.run(['ip', 'link', 'delete', 'br0']);
  await resetHost(host);
  await lab.disconnect();
});

test('pain 8: a VF does not reach what is on a bridge over its own PF', async () => {
  assert.deepEqual(await entries(), [OTHERS_MAC]);
  assert.equal(await hears(host, 'near', GUEST.address), false);
});

test('pain 8: it does as soon as host.yaml has the MAC', async () => {
  await applyHostYaml(host, configOf(2, [GUEST.mac]));
  assert.deepEqual(new Set(await entries()), new Set([OTHERS_MAC, GUEST.mac]));
  assert.equal(await hears(host, 'near', GUEST.address), true);
  assert.match((await virtfn(host, 'plan')).stdout, /^Nothing to do/);
});

test('pain 8: it still does after the number of VFs was changed', async () => {
  await host.run(['ip', 'netns', 'delete', 'near']);
  await host.run(['udevadm', 'settle']);
  await writeHostYaml(host, configOf(3, [GUEST.mac]));
  const changed = await virtfn(host, 'apply', '--evict', 'attachment host.0000-01-00.0.0');
  assert.equal(changed.status, 0, `${changed.stdout}${changed.stderr}`);
  await joinNear();
  assert.equal(await hears(host, 'near', GUEST.address), true);
});

test('pain 8: it no longer does when host.yaml has the MAC no more, and the entry of somebody else stays', async () => {
  await applyHostYaml(host, configOf(3, []));
  assert.deepEqual(await entries(), [OTHERS_MAC]);
  assert.equal(await hears(host, 'near', GUEST.address), false);
});
