import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetFiltersContract } from '@virtfn/host/contract';
import {
  type FilterStep,
  isSriovError,
  type NetdevName,
  parseNetdevName,
  parsePciAddress,
  planFilters,
  type PortFilter,
} from '@virtfn/model';
import type { FilterFault } from './filter-faults.ts';
import { SimulatedPacketFilters } from './simulated-packet-filters.ts';

const vf = { pciAddress: parsePciAddress('0000:3b:10.0'), netdevName: parseNetdevName('ens1f0v0') };
const neighbour = { pciAddress: parsePciAddress('0000:3b:10.1'), netdevName: parseNetdevName('ens1f0v1') };
const closed: PortFilter = { sources: [], rules: [] };
const open: PortFilter = {
  sources: [],
  rules: [{ direction: 'ingress', ethertype: 'IPv4', match: null, remotes: null, isStateful: false }],
};

packetFiltersContract('simulated', async () => {
  const netdevs = new Set<NetdevName>();
  const filters = new SimulatedPacketFilters(() => [...netdevs]);
  return {
    filters,
    vfs: [vf, neighbour],
    async reset() {
      filters.flushAll();
      netdevs.clear();
      for (const { netdevName } of [vf, neighbour]) netdevs.add(netdevName);
    },
    restartProgram: async () => filters.restartProgram(),
    flushAll: async () => filters.flushAll(),
    tamperWith: async (pciAddress) => filters.tamperWith(pciAddress, closed),
    removeNetdev: async (name) => void netdevs.delete(name),
    addNetdev: async (name) => void netdevs.add(name),
    async renameNetdev(from, to) {
      netdevs.delete(from);
      netdevs.add(to);
    },
    close: async () => {},
  };
});

const faults: readonly FilterFault[] = [
  { kind: 'unavailable', times: 3 },
  { kind: 'refuse', match: { kind: 'set-filter' }, times: 2 },
  { kind: 'refuse', match: { pciAddress: neighbour.pciAddress }, times: 1 },
  { kind: 'lose-answer', match: {}, times: 2 },
  { kind: 'lose-request', match: {}, times: 2 },
  { kind: 'lose-look', times: 2 },
];

for (const fault of faults) {
  test(`SimulatedPacketFilters converges when a plan is made and followed again and again, under ${JSON.stringify(fault)}`, async () => {
    const filters = new SimulatedPacketFilters(() => [vf.netdevName, neighbour.netdevName]);
    await filters.apply({ kind: 'set-filter', ...neighbour, filter: open });
    const wanted = [{ ...vf, filter: open }];
    filters.faults.inject(fault);
    let failures = 0;
    const follow = async (): Promise<readonly FilterStep[]> => {
      const steps = planFilters(wanted, await filters.observe());
      for (const step of steps) await filters.apply(step);
      return steps;
    };
    for (let rounds = 0; ; rounds += 1) {
      assert.ok(rounds < 10, 'it converges');
      const steps = await follow().catch((error: unknown) => {
        assert.ok(isSriovError(error), String(error));
        failures += 1;
        return null;
      });
      if (steps?.length === 0) break;
    }
    assert.ok(failures > 0, 'the fault has struck');
    assert.deepEqual(filters.filterOn(vf.pciAddress), { netdevName: vf.netdevName, filter: open });
    assert.equal(filters.filterOn(neighbour.pciAddress), null);
  });
}
