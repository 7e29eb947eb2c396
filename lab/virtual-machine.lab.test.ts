import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { measureGaps, startProbe } from './probe/index.ts';
import { hears, labUnderTest, moveToNamespace, resetHost } from './testing.ts';
import { LabVm, prepareHosts } from './virtual-machine/index.ts';

// That the lab can do what tests of virtfn with virtual machines stand on, by libvirt alone: a VF of the first port goes into a
// machine, out, and in again, and a VF of the second port, on the same wire, hears it.

const lab = labUnderTest();
const host = lab.host('fish-1');
const vm = new LabVm('guppy', [host]);
const first = '/sys/bus/pci/devices/0000:01:00.0';
const second = '/sys/bus/pci/devices/0000:02:00.0';
const vf = `${first}/virtfn0`;
const mac = '52:54:00:00:bb:01';
const address = '10.9.0.9';
const vfInterface = `<interface type='hostdev' managed='yes'>
  <mac address='${mac}'/>
  <source><address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x0'/></source>
  <alias name='ua-port'/>
</interface>`;

/** Whether the VF is with the host: libvirt has given it back to its driver. */
async function isWithHost(): Promise<boolean> {
  return (await host.exec(['test', '-d', `${vf}/net`])).status === 0;
}

async function waitUntilWithHost(): Promise<void> {
  await host.sh(`timeout 30 bash -c 'until [ -d ${vf}/net ]; do sleep 0.1; done'`);
}

before(async () => {
  await resetHost(host);
  await prepareHosts([host]);
  await host.sh(`
    for port in ${first} ${second}; do
      ip link set "$(ls $port/net)" up
      echo 1 > $port/sriov_numvfs
    done
    udevadm settle
  `);
  await moveToNamespace(host, `${second}/virtfn0`, { name: 'x', address: '10.9.0.1' });
  await vm.remove();
  await vm.create();
  await vm.giveAddress(mac, `${address}/24`);
});
after(async () => {
  await vm.remove();
  await resetHost(host);
  await lab.disconnect();
});

test('LabVm.exec() passes a script, its outputs and its status through as they are', async () => {
  const result = await vm.exec('echo "$((6 * 7)) ü"; echo "7 0 = =" >&2; exit 3');
  assert.deepEqual(result, { status: 3, stdout: '42 ü\n', stderr: '7 0 = =\n' });
});

test('LabVm.exec() ends a script after its time, and serves the next', async () => {
  assert.equal((await vm.exec('sleep 1000', { limitSeconds: 1 })).status, 137);
  assert.equal(await vm.run('echo here'), 'here\n');
});

test('virsh attach-device gives a running machine a VF with its MAC, which a VF of the other port hears', async () => {
  await vm.attachDevice(vfInterface);
  assert.equal(await isWithHost(), false);
  assert.equal(await hears(host, 'x', address), true);
  assert.match(await vm.run('cat /sys/class/net/eth0/address'), new RegExp(mac));
});

test('measureGaps() sees a machine that was suspended and resumed as one gap', async () => {
  const probe = await startProbe(host, { namespace: 'x', address });
  await vm.virsh('suspend', vm.name);
  assert.equal(await hears(host, 'x', address), false);
  await vm.virsh('resume', vm.name);
  assert.equal(await hears(host, 'x', address), true);
  const { longestGapMs, sent } = measureGaps(await probe.stop());
  assert.ok(longestGapMs > 5_000 && longestGapMs < 30_000, `${longestGapMs} ms`);
  assert.ok(sent > 25, `${sent} pings`);
});

test('a machine that ignores hot-plug keeps its VF when it is to let go of it, runs on, and lets go when it listens again', async () => {
  await vm.ignoreHotPlug(true);
  // libvirt waits 5 s for the machine and then says success or failure, as its version likes.
  await vm.detachDevice(vfInterface).catch(() => null);
  assert.equal(await isWithHost(), false);
  assert.equal(await hears(host, 'x', address), true);
  await vm.ignoreHotPlug(false);
  await waitUntilWithHost();
});

test('a VF that was taken out of a machine can be plugged in again, and has its address in there at once', async () => {
  await vm.attachDevice(vfInterface);
  assert.equal(await hears(host, 'x', address), true);
  await vm.detachDevice(vfInterface);
  await waitUntilWithHost();
  assert.equal(await hears(host, 'x', address), false);
});
