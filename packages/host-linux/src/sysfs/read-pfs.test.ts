import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, test } from 'node:test';
import { gatherFacts, readMachine, runDoctor } from '../index.ts';
import { layOutTree, readFixture, varyTree } from '../testing/tree-loader.ts';
import { readPfs } from './index.ts';

suite('the host of the notes', () => {
  test('readPfs() finds its four ports in the order of lspci, and no other PCI function', (t) => {
    const pfs = readPfs(layOutTree(t, readFixture('fish')));
    assert.deepEqual(
      pfs.map((pf) => [pf.pciAddress, pf.netdevName, pf.productName, pf.driver, pf.numaNode, pf.iommuGroup]),
      [
        ['0000:07:00.0', 'eth0', 'I350 Gigabit Network Connection', 'igb', 0, 30],
        ['0000:07:00.1', 'eth1', 'I350 Gigabit Network Connection', 'igb', 0, 31],
        ['0000:82:00.0', 'eth2', '82576 Gigabit Network Connection', 'igb', 1, 40],
        ['0000:82:00.1', 'eth3', '82576 Gigabit Network Connection', 'igb', 1, 41],
      ],
    );
  });

  test('readPfs() tells up, carrier and speed apart', (t) => {
    const pfs = readPfs(layOutTree(t, readFixture('fish')));
    assert.deepEqual(
      pfs.map((pf) => [pf.adminUp, pf.carrier, pf.linkMbps, pf.carriesDefaultRoute]),
      [
        [true, true, 1000, true],
        [true, false, null, false],
        [false, false, null, false],
        [true, true, 1000, false],
      ],
    );
  });

  test('readPfs() reads a VF, and says that its settings are not known', (t) => {
    const [, , , eth3] = readPfs(layOutTree(t, readFixture('fish')));
    assert.deepEqual(
      { ...eth3 },
      {
        pciAddress: '0000:82:00.1',
        vendorId: '8086',
        productId: '10c9',
        vendorName: 'Intel Corporation',
        productName: '82576 Gigabit Network Connection',
        driver: 'igb',
        netdevName: 'eth3',
        mac: 'a0:36:9f:82:00:01',
        adminUp: true,
        carrier: true,
        linkMbps: 1000,
        mtu: 9000,
        numaNode: 1,
        iommuGroup: 41,
        totalVfs: 7,
        numVfs: 1,
        vfOffset: 128,
        vfStride: 2,
        vfProductId: '10ca',
        driversAutoprobe: true,
        eswitchMode: null,
        carriesDefaultRoute: false,
        serial: null,
        firmware: null,
        fdb: [],
        refusedAttributes: [],
        vfs: [
          {
            vfIndex: 0,
            pciAddress: '0000:82:10.1',
            driver: 'igbvf',
            netdevName: 'eth4',
            effectiveMac: '06:00:9f:82:00:01',
            mtu: 1500,
            settings: null,
            users: [],
            vfRepresentor: null,
            iommuGroup: 42,
            attachmentId: null,
          },
        ],
      },
    );
  });

  test('readMachine() knows the host and its boot', (t) => {
    const { hostId, bootId, simulated, orphans } = readMachine(layOutTree(t, readFixture('fish')));
    assert.deepEqual(
      { hostId, bootId, simulated, orphans },
      {
        hostId: 'fish',
        bootId: '6c1f2d52-8c2e-4a55-9f0f-0f1d8d0f3a11',
        simulated: false,
        orphans: [],
      },
    );
  });
});

suite('a card in switchdev mode with VFs in use', () => {
  test('readPfs() picks the uplink among the representors', (t) => {
    const [pf] = readPfs(layOutTree(t, readFixture('switchdev')));
    assert.equal(pf?.netdevName, 'ens1f0np0');
    assert.equal(pf.eswitchMode, 'switchdev');
    assert.equal(pf.driversAutoprobe, false);
    assert.deepEqual(
      pf.vfs.map((vf) => [vf.vfIndex, vf.pciAddress, vf.driver, vf.netdevName, vf.vfRepresentor]),
      [
        [0, '0000:3b:00.2', 'vfio-pci', null, 'eth20'],
        [1, '0000:3b:00.3', 'mlx5_core', 'ens1f0v1', 'eth21'],
        [2, '0000:3b:00.4', 'mlx5_core', null, 'eth22'],
        // Without its link yet, found by offset and stride; VF 4 is counted and not there.
        [3, '0000:3b:00.5', null, null, null],
        [5, '0000:3b:00.7', 'mlx5_vfio_pci', null, null],
      ],
    );
  });

  test('readPfs() names who uses a VF', (t) => {
    const [pf] = readPfs(layOutTree(t, readFixture('switchdev')));
    assert.deepEqual(
      pf?.vfs.map((vf) => vf.users),
      [
        [{ kind: 'vfio', process: 'qemu-system-x86', vm: 'web' }],
        [
          { kind: 'macvtap', netdevName: 'guest9', vm: null },
          { kind: 'macvtap', netdevName: 'macvtap0', vm: 'db,1' },
        ],
        [{ kind: 'network-namespace', name: '(name not known)' }],
        [],
        [{ kind: 'vfio', process: 'dpdk-testpmd', vm: null }],
      ],
    );
  });

  test('readPfs() names who uses a VF through VFIO without an IOMMU', (t) => {
    const tree = readFixture('switchdev').replaceAll(' /dev/vfio/52', ' /dev/vfio/noiommu-52');
    const [pf] = readPfs(layOutTree(t, tree));
    assert.deepEqual(pf?.vfs[0]?.users, [{ kind: 'vfio', process: 'qemu-system-x86', vm: 'web' }]);
  });

  test('readPfs() follows the default route through bridge, VLAN and bond to both ports', (t) => {
    const pfs = readPfs(layOutTree(t, readFixture('switchdev')));
    assert.deepEqual(
      pfs.map((pf) => pf.carriesDefaultRoute),
      [true, true],
    );
  });
});

suite('a VF with an RDMA device', () => {
  const vf = '/sys/devices/pci0000:3a/0000:3b:00.3';
  const macvtap = ['/sys/class/macvtap'];
  for (const { name, lines, without, want } of [
    { name: 'is not used while nobody has its verbs open', lines: '', without: [], want: [] },
    {
      name: 'is used by a process that has',
      lines: '/proc/5000/fd/7 -> /dev/infiniband/uverbs3\n/proc/5000/fd/8 -> /dev/infiniband/uverbs3',
      without: [],
      want: [{ kind: 'rdma', device: 'mlx5_3' }],
    },
    {
      name: 'is not used by one that has those of another device, or something like it',
      lines: '/proc/5000/fd/7 -> /dev/infiniband/uverbs31\n/proc/5000/fd/8 -> /tmp/dev/infiniband/uverbs3',
      without: [],
      want: [],
    },
    {
      name: 'is used when the device was moved to a network namespace',
      lines: `${vf}/infiniband/`,
      without: [],
      want: [{ kind: 'rdma', device: 'mlx5_3' }],
    },
    {
      name: 'is named by its verbs where their device is not told',
      lines: '/proc/5000/fd/7 -> /dev/infiniband/uverbs3',
      without: [`${vf}/infiniband_verbs/uverbs3/ibdev`],
      want: [{ kind: 'rdma', device: 'uverbs3' }],
    },
    {
      name: 'is not looked for on vfio-pci',
      lines: `${vf}/driver -> ../../../bus/pci/drivers/vfio-pci\n/proc/5000/fd/7 -> /dev/infiniband/uverbs3`,
      without: [],
      want: [],
    },
  ] as const) {
    test(name, (t) => {
      const gone = [...macvtap, ...without];
      const held = `${vf}/infiniband_verbs/uverbs3/dev = 231:195\n${lines}`;
      const [pf] = readPfs(layOutTree(t, varyTree(readFixture('switchdev'), held, gone)));
      assert.deepEqual(pf?.vfs[1]?.users, want);
    });
  }
});

test('readPfs() counts all ports of Open vSwitch where the default route is on an internal port', (t) => {
  const tree = `${readFixture('fish')}
/proc/net/ipv6_route = ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000400 00000002 00000000 00000003 br-ex
/sys/devices/virtual/net/br-ex/flags = 0x1003
/sys/class/net/br-ex -> ../../devices/virtual/net/br-ex
/sys/devices/virtual/net/ovs-system/lower_eth3 -> anywhere
/sys/class/net/ovs-system -> ../../devices/virtual/net/ovs-system`;
  assert.deepEqual(
    readPfs(layOutTree(t, tree)).map((pf) => pf.carriesDefaultRoute),
    [true, false, false, true],
  );
});

test('readPfs() takes the first port of a card that has several on one PCI function', (t) => {
  const pfs = readPfs(layOutTree(t, readFixture('without-driver')));
  assert.equal(pfs.find((pf) => pf.driver === 'mlx4_core')?.netdevName, 'eth1');
});

test('readPfs() names products without a pci.ids', (t) => {
  const names = readPfs(layOutTree(t, readFixture('without-driver'))).map((pf) => pf.productName);
  assert.deepEqual(names, [
    '82576 Gigabit Network Connection',
    '82576 Gigabit Network Connection',
    'Device 1003',
    'Device 0043',
  ]);
});

test('this machine can be looked at, whatever it has', { skip: !existsSync('/sys/class') }, () => {
  const host = readMachine('/');
  assert.notEqual(host.hostId, '');
  assert.match(host.bootId, /^[0-9a-f-]{36}$/);
  const facts = gatherFacts('/');
  assert.equal(facts.pfs.length, host.pfs.length);
  for (const found of runDoctor(facts)) assert.notEqual(found.hint, '');
  if (!host.pfs.some((pf) => pf.totalVfs > 0)) assert.equal(runDoctor(facts)[0]?.code, 'no-sriov-card');
});
