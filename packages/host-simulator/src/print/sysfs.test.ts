import assert from 'node:assert/strict';
import path from 'node:path/posix';
import { test } from 'node:test';
import { type Card, CARDS, INTEL_82576, INTEL_E810, INTEL_I350 } from '../cards/index.ts';
import { fishMachine } from '../fleet/index.ts';
import { setEswitchMode, setPfDriver, setPfUp, setVfDriver, writeSriovNumvfs } from '../kernel/index.ts';
import { machineWith } from '../kernel/sample-machine.ts';
import { observeMachine, type SimulatedMachine, VirtualClock } from '../machine/index.ts';
import { printSysfs } from './index.ts';

/** A tree that can be walked: what a reader of the text does. */
class ParsedTree {
  readonly entries = new Map<string, { readonly sign: string; readonly text: string }>();
  readonly folders = new Set<string>();

  constructor(text: string) {
    for (const line of text.trimEnd().split('\n')) {
      const [, place = '', sign = '', rest = ''] = /^(\S+) (=|->|!) (.*)$/.exec(line) ?? [];
      assert.notEqual(place, '', line);
      this.entries.set(place, { sign, text: rest });
      for (let up = path.dirname(place); up !== '/'; up = path.dirname(up)) this.folders.add(up);
    }
  }

  /** Follows links in every part of the path. */
  resolve(place: string): string {
    let at = '/';
    for (const part of place.split('/').filter((each) => each !== '')) {
      at = path.join(at, part);
      const entry = this.entries.get(at);
      if (entry?.sign === '->') at = this.resolve(path.resolve(path.dirname(at), entry.text));
    }
    return at;
  }

  /** Content of a file, or `! errno`; undefined if it is not there. */
  read(place: string): string | undefined {
    const entry = this.entries.get(this.resolve(place));
    return entry?.sign === '!' ? `! ${entry.text}` : entry?.text;
  }

  exists(place: string): boolean {
    const at = this.resolve(place);
    return this.entries.has(at) || this.folders.has(at);
  }

  list(folder: string): readonly string[] {
    const at = this.resolve(folder);
    const inside = [...this.entries.keys(), ...this.folders].filter((each) => path.dirname(each) === at);
    return [...new Set(inside)].map((each) => path.basename(each)).toSorted();
  }
}

const treeOf = (machine: SimulatedMachine): ParsedTree => new ParsedTree(printSysfs(machine));

function busy(card: Card): SimulatedMachine {
  const { machine, pf } = machineWith(card, { unpluggedPorts: [1], numaNode: 1 });
  writeSriovNumvfs(machine, pf, 3);
  machine.clock.advance(5000);
  setVfDriver(machine, pf, machine.vf(pf, 1), 'vfio-pci');
  setVfDriver(machine, pf, machine.vf(pf, 2), 'none');
  return machine;
}

for (const [name, card] of Object.entries(CARDS)) {
  test(`printSysfs() of ${name}: every link leads to something, and nothing is said twice`, () => {
    const text = printSysfs(busy(card));
    const tree = new ParsedTree(text);
    for (const [place, { sign }] of tree.entries) if (sign === '->') assert.ok(tree.exists(place), place);
    assert.equal(tree.entries.size, text.trimEnd().split('\n').length);
  });

  test(`printSysfs() of ${name} says what observeMachine() says`, () => {
    const machine = busy(card);
    const tree = treeOf(machine);
    const devices = '/sys/bus/pci/devices';
    const { pfs } = observeMachine(machine);
    const driverOf = (device: string): string | null =>
      tree.exists(`${device}/driver`) ? path.basename(tree.resolve(`${device}/driver`)) : null;
    const groupOf = (device: string): number => Number(path.basename(tree.resolve(`${device}/iommu_group`)));
    for (const pf of pfs) {
      const at = `${devices}/${pf.pciAddress}`;
      assert.equal(tree.read(`${at}/vendor`), `0x${pf.vendorId}`);
      assert.equal(tree.read(`${at}/device`), `0x${pf.productId}`);
      assert.equal(tree.read(`${at}/numa_node`), `${pf.numaNode}`);
      assert.equal(tree.read(`${at}/sriov_totalvfs`), `${pf.totalVfs}`);
      assert.equal(tree.read(`${at}/sriov_numvfs`), `${pf.numVfs}`);
      assert.equal(tree.read(`${at}/sriov_offset`), `${pf.vfOffset}`);
      assert.equal(tree.read(`${at}/sriov_stride`), `${pf.vfStride}`);
      assert.equal(tree.read(`${at}/sriov_vf_device`), pf.vfProductId);
      assert.equal(tree.read(`${at}/net/${pf.netdevName}/address`), pf.mac);
      assert.equal(tree.read(`${at}/net/${pf.netdevName}/carrier`), pf.carrier ? '1' : '0');
      assert.deepEqual([driverOf(at), groupOf(at)], [pf.driver, pf.iommuGroup]);
      assert.deepEqual(
        tree.list(at).filter((each) => each.startsWith('virtfn')),
        pf.vfs.map((vf) => `virtfn${vf.vfIndex}`),
      );
      for (const vf of pf.vfs) {
        const folder = `${at}/virtfn${vf.vfIndex}`;
        assert.equal(path.basename(tree.resolve(folder)), vf.pciAddress);
        assert.equal(tree.resolve(`${folder}/physfn`), tree.resolve(at));
        assert.equal(tree.read(`${folder}/device`), `0x${pf.vfProductId}`);
        assert.deepEqual([driverOf(folder), groupOf(folder)], [vf.driver, vf.iommuGroup]);
        assert.deepEqual(tree.list(`${folder}/net`), vf.netdevName === null ? [] : [vf.netdevName]);
        assert.ok(!tree.exists(`${folder}/sriov_numvfs`), 'a VF has no VFs');
      }
    }
    assert.equal(tree.list(devices).length, pfs.length + 3);
  });
}

test('printSysfs() of fish in the state of the notes: the VF 82:10.1 and its PF', () => {
  const machine = fishMachine(new VirtualClock());
  const [, , , eth3] = machine.pfs;
  assert.ok(eth3 !== undefined);
  writeSriovNumvfs(machine, eth3, 1);
  machine.clock.advance(5000);
  const lines = printSysfs(machine).split('\n');
  const about = (what: string) => lines.filter((line) => line.startsWith(what)).join('\n');
  assert.equal(
    about('/sys/devices/pci0000:82/0000:82:10.1/'),
    `\
/sys/devices/pci0000:82/0000:82:10.1/class = 0x020000
/sys/devices/pci0000:82/0000:82:10.1/device = 0x10ca
/sys/devices/pci0000:82/0000:82:10.1/driver -> ../../../bus/pci/drivers/igbvf
/sys/devices/pci0000:82/0000:82:10.1/driver_override = (null)
/sys/devices/pci0000:82/0000:82:10.1/iommu_group -> ../../../kernel/iommu_groups/3328
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/address = ${machine.vf(eth3, 0).effectiveMac}
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/broadcast = ff:ff:ff:ff:ff:ff
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/carrier ! EINVAL
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/dev_id = 0x0
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/dev_port = 0
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/device -> ../../../0000:82:10.1
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/duplex ! EINVAL
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/flags = 0x1002
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/ifindex = 6
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/iflink = 6
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/mtu = 1500
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/operstate = down
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/phys_port_id ! EOPNOTSUPP
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/phys_port_name ! EOPNOTSUPP
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/phys_switch_id ! EOPNOTSUPP
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/speed ! EINVAL
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/subsystem -> ../../../../../class/net
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/tx_queue_len = 1000
/sys/devices/pci0000:82/0000:82:10.1/net/eth4/type = 1
/sys/devices/pci0000:82/0000:82:10.1/numa_node = 1
/sys/devices/pci0000:82/0000:82:10.1/physfn -> ../0000:82:00.1
/sys/devices/pci0000:82/0000:82:10.1/revision = 0x01
/sys/devices/pci0000:82/0000:82:10.1/subsystem -> ../../../bus/pci
/sys/devices/pci0000:82/0000:82:10.1/vendor = 0x8086`,
  );
  assert.equal(
    about('/sys/devices/pci0000:82/0000:82:00.1/sriov') +
      '\n' +
      about('/sys/devices/pci0000:82/0000:82:00.1/virtfn'),
    `\
/sys/devices/pci0000:82/0000:82:00.1/sriov_drivers_autoprobe = 1
/sys/devices/pci0000:82/0000:82:00.1/sriov_numvfs = 1
/sys/devices/pci0000:82/0000:82:00.1/sriov_offset = 128
/sys/devices/pci0000:82/0000:82:00.1/sriov_stride = 2
/sys/devices/pci0000:82/0000:82:00.1/sriov_totalvfs = 7
/sys/devices/pci0000:82/0000:82:00.1/sriov_vf_device = 10ca
/sys/devices/pci0000:82/0000:82:00.1/sriov_vf_total_msix = 0
/sys/devices/pci0000:82/0000:82:00.1/virtfn0 -> ../0000:82:10.1`,
  );
  assert.equal(
    about('/sys/class/net/'),
    `\
/sys/class/net/eth0 -> ../../devices/pci0000:07/0000:07:00.0/net/eth0
/sys/class/net/eth1 -> ../../devices/pci0000:07/0000:07:00.1/net/eth1
/sys/class/net/eth2 -> ../../devices/pci0000:82/0000:82:00.0/net/eth2
/sys/class/net/eth3 -> ../../devices/pci0000:82/0000:82:00.1/net/eth3
/sys/class/net/eth4 -> ../../devices/pci0000:82/0000:82:10.1/net/eth4
/sys/class/net/lo -> ../../devices/virtual/net/lo`,
  );
});

test('printSysfs() puts the VFs of an I350 under the root bus of their PF though they lie on the next bus', () => {
  const { machine, pf } = machineWith(INTEL_I350);
  writeSriovNumvfs(machine, pf, 1);
  machine.clock.advance(5000);
  assert.match(printSysfs(machine), /virtfn0 -> \.\.\/0000:83:10\.0$/m);
  assert.equal(
    treeOf(machine).resolve('/sys/bus/pci/devices/0000:83:10.0'),
    '/sys/devices/pci0000:82/0000:83:10.0',
  );
});

test('printSysfs() says that carrier and speed of a PF that is down cannot be read', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  const net = '/sys/class/net/ens1f0';
  assert.deepEqual(
    ['carrier', 'speed'].map((name) => treeOf(machine).read(`${net}/${name}`)),
    ['1', '1000'],
  );
  machine.setCable(pf, false);
  assert.deepEqual(
    ['carrier', 'speed'].map((name) => treeOf(machine).read(`${net}/${name}`)),
    ['0', '-1'],
  );
  setPfUp(machine, pf, false);
  assert.deepEqual(
    ['carrier', 'speed'].map((name) => treeOf(machine).read(`${net}/${name}`)),
    ['! EINVAL', '! EINVAL'],
  );
});

test('printSysfs() shows VFs only when they are there, and none that are gone', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  const count = () => treeOf(machine).list('/sys/bus/pci/devices').length;
  writeSriovNumvfs(machine, pf, 2);
  assert.equal(treeOf(machine).read('/sys/bus/pci/devices/0000:82:00.0/sriov_numvfs'), '2');
  assert.equal(count(), 2);
  machine.clock.advance(1000);
  assert.equal(count(), 4);
  writeSriovNumvfs(machine, pf, 0);
  assert.equal(count(), 2);
});

test('printSysfs() keeps the sriov files of a PF without a driver, which has no interface', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  setPfDriver(machine, pf, null);
  const tree = treeOf(machine);
  const at = '/sys/bus/pci/devices/0000:82:00.0';
  assert.ok(!tree.exists(`${at}/driver`) && !tree.exists(`${at}/net`));
  assert.equal(tree.read(`${at}/sriov_totalvfs`), '7');
});

test('printSysfs() puts representors under the PF in switchdev mode, told apart by phys_port_name (K12)', () => {
  const { machine, pf } = machineWith(INTEL_E810);
  setEswitchMode(machine, pf, 'switchdev');
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  const tree = treeOf(machine);
  const net = '/sys/bus/pci/devices/0000:82:00.0/net';
  const names = tree.list(net).map((name) => [name, tree.read(`${net}/${name}/phys_port_name`)]);
  assert.deepEqual(names, [
    ['ens1f0', 'p0'],
    ['ens1f0r0', 'pf0vf0'],
    ['ens1f0r1', 'pf0vf1'],
  ]);
  assert.equal(tree.read('/sys/class/net/ens1f0v0/phys_port_name'), '! EOPNOTSUPP');
});
