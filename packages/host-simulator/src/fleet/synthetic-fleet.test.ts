import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePciAddresses, type ObservedHost } from '@virtfn/model';
import { printSysfs } from '../print/index.ts';
import { observeMachine } from '../machine/index.ts';
import { type FleetShape, seededRandom, syntheticFleet } from './index.ts';

/** All hosts of a fleet as they are observed once everything late has come. */
function observeFleet(shape: FleetShape): readonly ObservedHost[] {
  const machines = syntheticFleet(shape);
  machines[0]?.clock.advance(10_000);
  return machines.map(observeMachine);
}

const SMALL: FleetShape = { hosts: 20, pfsPerHost: 6, vfsPerPf: 7, seed: 1 };

test('syntheticFleet() makes the same fleet from the same seed', () => {
  assert.deepEqual(observeFleet(SMALL), observeFleet(SMALL));
});

test('syntheticFleet() makes another fleet from another seed', () => {
  const cardsOf = (seed: number) =>
    observeFleet({ ...SMALL, seed }).map((host) => host.pfs.map((pf) => pf.productName));
  assert.notDeepEqual(cardsOf(1), cardsOf(2));
});

test('syntheticFleet() draws every kind of card', () => {
  const drivers = new Set(observeFleet(SMALL).flatMap((host) => host.pfs.map((pf) => pf.driver ?? 'none')));
  assert.deepEqual(drivers, new Set(['bnxt_en', 'i40e', 'ice', 'igb', 'mlx5_core']));
});

const shapes: readonly { readonly name: string; readonly given: FleetShape; readonly want: number }[] = [
  { name: 'no hosts', given: { hosts: 0, pfsPerHost: 2, vfsPerPf: 4, seed: 1 }, want: 4 },
  { name: 'hosts without cards', given: { hosts: 3, pfsPerHost: 0, vfsPerPf: 4, seed: 1 }, want: 4 },
  { name: 'an odd number of PFs', given: { hosts: 5, pfsPerHost: 3, vfsPerPf: 4, seed: 1 }, want: 4 },
  { name: 'no VFs', given: { hosts: 5, pfsPerHost: 2, vfsPerPf: 0, seed: 1 }, want: 0 },
  {
    name: 'one VF more than igb takes of the eight that its cards say',
    given: { hosts: 20, pfsPerHost: 4, vfsPerPf: 8, seed: 1 },
    want: 8,
  },
  {
    name: 'as many VFs as any card has',
    given: { hosts: 5, pfsPerHost: 8, vfsPerPf: 128, seed: 1 },
    want: 128,
  },
  {
    name: 'more cards than a domain holds',
    given: { hosts: 2, pfsPerHost: 70, vfsPerPf: 7, seed: 1 },
    want: 7,
  },
];

for (const { name, given, want } of shapes) {
  test(`syntheticFleet() has the shape that was asked for: ${name}`, () => {
    const hosts = observeFleet(given);
    assert.equal(hosts.length, given.hosts);
    assert.equal(new Set(hosts.map((host) => host.hostId)).size, given.hosts);
    for (const host of hosts) {
      assert.equal(host.simulated, true);
      assert.equal(host.pfs.length, given.pfsPerHost);
      for (const pf of host.pfs) assert.deepEqual([pf.numVfs, pf.vfs.length], [want, want]);
    }
  });

  test(`syntheticFleet() gives every PF and VF of a host an address of its own: ${name}`, () => {
    for (const host of observeFleet(given)) {
      const addresses = host.pfs.flatMap((pf) => [pf.pciAddress, ...pf.vfs.map((vf) => vf.pciAddress)]);
      assert.equal(new Set(addresses).size, addresses.length);
      const groups = host.pfs.flatMap((pf) => [pf.iommuGroup, ...pf.vfs.map((vf) => vf.iommuGroup)]);
      assert.equal(new Set(groups).size, groups.length, 'and an IOMMU group');
      const pfs = host.pfs.map((pf) => pf.pciAddress);
      assert.deepEqual(pfs, pfs.toSorted(comparePciAddresses));
      const names = host.pfs.map((pf) => pf.netdevName);
      assert.equal(new Set(names).size, names.length, 'and its PFs a name');
    }
  });
}

test('syntheticFleet() enables as many VFs as the driver takes where no card has as many as asked for', () => {
  const pfs = observeFleet({ hosts: 10, pfsPerHost: 4, vfsPerPf: 1000, seed: 3 }).flatMap((host) => host.pfs);
  for (const pf of pfs) assert.equal(pf.numVfs, pf.totalVfs);
});

test('syntheticFleet() gives no two ports of ten thousand hosts the same MAC', () => {
  const machines = syntheticFleet({ hosts: 10_000, pfsPerHost: 4, vfsPerPf: 0, seed: 1 });
  const macs = machines.flatMap((machine) => machine.pfs.map((pf) => pf.mac));
  assert.equal(new Set(macs).size, 40_000);
});

test('a machine of a synthetic fleet prints itself as any other', () => {
  const [machine] = syntheticFleet({ hosts: 1, pfsPerHost: 2, vfsPerPf: 4, seed: 1 });
  assert.ok(machine !== undefined);
  machine.clock.advance(1000);
  assert.equal(printSysfs(machine).match(/virtfn\d+ ->/g)?.length, 8);
});

test('seededRandom() gives the same numbers from the same seed, all in [0, 1)', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 1000 }, random);
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  assert.ok(draw(7).every((number) => number >= 0 && number < 1));
});
