import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getTopology, type LabTopology } from '../topologies/index.ts';
import { type MachinePlan, planQemuArguments } from './qemu-arguments.ts';

function plan(topology: LabTopology, name: string, accelerator: 'kvm' | 'tcg' = 'tcg'): readonly string[] {
  const host = topology.hosts.find((each) => each.name === name);
  assert.ok(host);
  const files: MachinePlan['files'] = {
    disk: 'DISK',
    code: 'CODE',
    console: 'CONSOLE',
    qmp: 'QMP',
    channel: (index) => `CHANNEL${index}`,
  };
  const image = { emulator: 'ROOT', kernel: 'KERNEL', initrd: 'INITRD', disk: 'IMAGE' };
  return planQemuArguments({
    topology,
    host,
    image,
    accelerator,
    files,
    wireSocket: (wire, to) => `${wire}.${to}`,
  });
}

/** The values of all options of one name. */
function valuesOf(argv: readonly string[], option: string): readonly string[] {
  return argv.flatMap((word, at) => (argv[at - 1] === option ? [word] : []));
}

test('planQemuArguments() puts both ports of a single host into one hub, without a way out', () => {
  const argv = plan(getTopology('single'), 'fish-1');
  const netdevs = valuesOf(argv, '-netdev').filter((value) => !/management|outside/.test(value));
  assert.deepEqual(netdevs, ['hubport,id=card1,hubid=1', 'hubport,id=card2,hubid=1']);
});

test('planQemuArguments() gives each igb a root port of its own, in the order of the slots', () => {
  const devices = valuesOf(plan(getTopology('single'), 'fish-1'), '-device');
  const cards = devices.filter((value) => /^(pcie-root-port|igb)/.test(value));
  assert.deepEqual(cards, [
    'pcie-root-port,id=slot1,chassis=1,slot=1,addr=0x11',
    'igb,netdev=card1,bus=slot1,mac=52:54:00:00:01:01',
    'pcie-root-port,id=slot2,chassis=2,slot=2,addr=0x12',
    'igb,netdev=card2,bus=slot2,mac=52:54:00:00:01:02',
  ]);
  assert.ok(devices[0]?.startsWith('intel-iommu'), 'the IOMMU comes before what it guards');
});

test('planQemuArguments() joins the ports of a pair crosswise', () => {
  const wire = (from: string, to: string): string =>
    `dgram,id=card1,local.type=unix,local.path=left.${from},remote.type=unix,remote.path=left.${to}`;
  const topology = getTopology('pair');
  assert.ok(valuesOf(plan(topology, 'fish-1'), '-netdev').includes(wire('fish-1', 'fish-2')));
  assert.ok(valuesOf(plan(topology, 'fish-2'), '-netdev').includes(wire('fish-2', 'fish-1')));
});

test('planQemuArguments() gives the hub of two ports one way to the other host', () => {
  const card = (slot: number) => ({ slot, wire: 'left' });
  const host = (name: string, cards: number) => ({
    name,
    memoryMegabytes: 2048,
    cards: Array.from({ length: cards }, (_, at) => card(at + 1)),
    netdevsims: [],
  });
  const topology = { name: 'uneven', hosts: [host('a', 2), host('b', 1)] };
  const netdevs = valuesOf(plan(topology, 'a'), '-netdev').filter(
    (value) => !/management|outside/.test(value),
  );
  assert.deepEqual(netdevs, [
    'dgram,id=card1-link,local.type=unix,local.path=left.a,remote.type=unix,remote.path=left.b',
    'hubport,id=card1-out,hubid=1,netdev=card1-link',
    'hubport,id=card1,hubid=1',
    'hubport,id=card2,hubid=1',
  ]);
});

test('planQemuArguments() splits the interrupt controller under KVM, which interrupt remapping needs', () => {
  const argv = plan(getTopology('single'), 'fish-1', 'kvm');
  assert.deepEqual(valuesOf(argv, '-machine'), ['q35,accel=kvm,kernel-irqchip=split']);
  assert.deepEqual(valuesOf(argv, '-cpu'), ['host']);
});

test('planQemuArguments() gives two hosts different identities', () => {
  const topology = getTopology('pair');
  const [first, second] = ['fish-1', 'fish-2'].map((name) => valuesOf(plan(topology, name), '-uuid')[0]);
  assert.match(first ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(first, second);
});
