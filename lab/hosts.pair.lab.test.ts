import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LabHost } from './lab-host.ts';
import { labUnderTest } from './testing.ts';

// Two hosts, joined port by port.

const lab = labUnderTest();
const fish1 = lab.host('fish-1');
const fish2 = lab.host('fish-2');
const port = '/sys/bus/pci/devices/0000:01:00.0';

before(async () => {
  await Promise.all([arrange(fish1, '10.9.0.1'), arrange(fish2, '10.9.0.2')]);
});
after(async () => {
  await Promise.all(
    [fish1, fish2].map((host) => host.sh(`ip netns delete a; echo 0 > ${port}/sriov_numvfs`)),
  );
  await lab.disconnect();
});

/** Puts VF 0 of the first port into a namespace with an address. */
async function arrange(host: LabHost, address: string): Promise<void> {
  await host.sh(`
    ip link set "$(ls ${port}/net)" up
    echo 1 > ${port}/sriov_numvfs
    udevadm settle
    device=$(ls ${port}/virtfn0/net)
    ip netns add a
    ip link set "$device" netns a name port0
    ip -n a address add ${address}/24 dev port0
    ip -n a link set port0 up
  `);
}

async function setVlan(host: LabHost, vlan: number): Promise<void> {
  await host.sh(`ip link set "$(ls ${port}/net)" vf 0 vlan ${vlan}`);
}

/** Whether the VF of fish-1 hears that of fish-2: at once when it is to, and never in 10 s when it is not. */
async function hears(): Promise<boolean> {
  const ping = ['ip', 'netns', 'exec', 'a', 'ping', '-c', '1', '-w', '10', '10.9.0.2'];
  const { status, stdout } = await fish1.exec(ping);
  assert.match(stdout, /1 received|100% packet loss/);
  return status === 0;
}

test('VFs of two hosts hear each other over the wire', async () => {
  assert.equal(await hears(), true);
});

test('VFs of two hosts hear each other in the same VLAN only', async () => {
  await setVlan(fish1, 100);
  assert.equal(await hears(), false);
  await setVlan(fish2, 101);
  assert.equal(await hears(), false);
  await setVlan(fish2, 100);
  assert.equal(await hears(), true);
});

test('the hosts know each other by name on the management network', async () => {
  await fish1.run(['ping', '-c', '1', '-w', '10', 'fish-2']);
  const [first, second] = await Promise.all([fish1, fish2].map((host) => host.run(['hostname'])));
  assert.deepEqual([first, second], ['fish-1\n', 'fish-2\n']);
});
