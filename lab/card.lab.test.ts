import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { LabHost } from './lab-host.ts';
import { hears, labUnderTest, moveToNamespace, resetHost } from './testing.ts';

// What a kernel without virtfn does, by the commands of an operator: what is built on it is compared with this.

const lab = labUnderTest();
const host: LabHost = lab.host('fish-1');
const first = '/sys/bus/pci/devices/0000:01:00.0';
const second = '/sys/bus/pci/devices/0000:02:00.0';

before(async () => {
  const wires = new Set(host.topology.cards.map(({ wire }) => wire));
  assert.equal(wires.size, 1, 'these tests need both ports on one wire: the topology "single"');
  await resetHost(host);
});
afterEach(() => resetHost(host));
after(() => lab.disconnect());

/** Enables VFs on both ports and puts some of them into namespaces of their own, named a, b, c, … with 10.9.0.1, .2, .3, … */
async function arrange(vfs: readonly { readonly vf: string; readonly vlan?: number }[]): Promise<void> {
  await host.sh(`
    for port in ${first} ${second}; do
      ip link set "$(ls $port/net)" up
      echo 7 > $port/sriov_numvfs &
    done
    wait
    udevadm settle
  `);
  for (const [at, { vf, vlan }] of vfs.entries()) {
    const [port, index] = vf.split('/virtfn');
    if (vlan !== undefined) await host.sh(`ip link set "$(ls ${port}/net)" vf ${index} vlan ${vlan}`);
    await moveToNamespace(host, vf, { name: 'abc'[at] ?? '', address: `10.9.0.${at + 1}` });
  }
}

test('the host has two 82576 ports with 7 VFs each, and no VF yet', async () => {
  const cards = await host.run(['lspci', '-Dnd', '8086:10c9']);
  assert.deepEqual(cards.match(/^\S+/gm), ['0000:01:00.0', '0000:02:00.0']);
  const counts = await host.sh(`cat {${first},${second}}/sriov_{totalvfs,numvfs}`);
  assert.deepEqual(counts.trim().split('\n'), ['7', '0', '7', '0']);
  assert.equal(await host.run(['lspci', '-nd', '8086:10ca']), '');
});

test('7 VFs appear at every second function, each in an IOMMU group of its own', async () => {
  await host.sh(`echo 7 > ${first}/sriov_numvfs; udevadm settle`);
  const vfs = await host.run(['lspci', '-Dnd', '8086:10ca']);
  const expected = ['10.0', '10.2', '10.4', '10.6', '11.0', '11.2', '11.4'].map((end) => `0000:01:${end}`);
  assert.deepEqual(vfs.match(/^\S+/gm), expected);
  const groups = await host.sh(`readlink ${first}/virtfn*/iommu_group ${first}/iommu_group`);
  assert.equal(new Set(groups.trim().split('\n')).size, 8);
  const drivers = await host.sh(`readlink ${first}/virtfn*/driver`);
  assert.deepEqual(
    drivers
      .trim()
      .split('\n')
      .map((link) => link.split('/').at(-1)),
    Array.from({ length: 7 }, () => 'igbvf'),
  );
});

test('the kernel refuses to go from one number of VFs to another', async () => {
  await host.sh(`echo 2 > ${first}/sriov_numvfs`);
  const { status, stderr } = await host.exec(['bash', '-c', `echo 3 > ${first}/sriov_numvfs`]);
  assert.equal(status, 1);
  assert.match(stderr, /Device or resource busy/);
  assert.equal((await host.run(['cat', `${first}/sriov_numvfs`])).trim(), '2');
});

test('two VFs of one port hear each other through the switch of the card', async () => {
  await arrange([{ vf: `${first}/virtfn0` }, { vf: `${first}/virtfn1` }]);
  assert.equal(await hears(host, 'a', '10.9.0.2'), true);
});

test('VFs of two ports on one wire hear each other', async () => {
  await arrange([{ vf: `${first}/virtfn0` }, { vf: `${second}/virtfn0` }]);
  assert.equal(await hears(host, 'a', '10.9.0.2'), true);
});

test('VFs in a VLAN hear each other, and not a VF of the other port outside it', async () => {
  await arrange([
    { vf: `${first}/virtfn0`, vlan: 100 },
    { vf: `${first}/virtfn1`, vlan: 100 },
    { vf: `${second}/virtfn0` },
  ]);
  assert.equal(await hears(host, 'a', '10.9.0.2'), true);
  assert.equal(await hears(host, 'a', '10.9.0.3'), false);
});

test('VFs of two ports in the same VLAN hear each other', async () => {
  await arrange([
    { vf: `${first}/virtfn0`, vlan: 100 },
    { vf: `${second}/virtfn0`, vlan: 100 },
  ]);
  assert.equal(await hears(host, 'a', '10.9.0.2'), true);
});

test('libvirt in the host describes a VF without a QEMU there', async () => {
  await host.sh(`echo 1 > ${first}/sriov_numvfs; udevadm settle`);
  const xml = await host.run(['virsh', 'nodedev-dumpxml', 'pci_0000_01_10_0'], { timeoutMs: 120_000 });
  assert.match(xml, /<capability type='phys_function'>/);
  assert.match(xml, /<product id='0x10ca'>/);
});

test('netdevsim gives more VFs than any card, and a switchdev mode', async () => {
  const device = 'netdevsim/netdevsim10';
  await host.sh('echo 200 > /sys/bus/netdevsim/devices/netdevsim10/sriov_numvfs');
  const link = await host.run(['ip', '-json', 'link', 'show', 'eni10np1']);
  const [{ vfinfo_list: vfs }] = JSON.parse(link) as [{ vfinfo_list: unknown[] }];
  assert.equal(vfs.length, 200);
  await host.sh(`
    echo 0 > /sys/bus/netdevsim/devices/netdevsim10/sriov_numvfs
    echo 4 > /sys/bus/netdevsim/devices/netdevsim10/sriov_numvfs
    devlink dev eswitch set ${device} mode switchdev
  `);
  const ports = await host.run(['devlink', 'port', 'show']);
  assert.equal(ports.match(/flavour pcivf/g)?.length, 4);
  await host.sh(`
    devlink dev eswitch set ${device} mode legacy
    echo 0 > /sys/bus/netdevsim/devices/netdevsim10/sriov_numvfs
  `);
});

test('the command line of the checkout runs in the host', async () => {
  const version = await host.run(['virtfn', '--version']);
  assert.match(version, /^\d+\.\d+\.\d+/);
});
