import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fishMachine, observeMachine, VirtualClock } from '@virtfn/host-simulator';
import { parseDomainId } from '@virtfn/model';
import { DATABASES, type DatabaseRig } from '../testing/index.ts';
import { findHost, listHosts, openDatabase, putHost, Store } from './index.ts';

const observed = observeMachine(fishMachine(new VirtualClock()));
const NODES = [
  { node: 0, socket: 0 },
  { node: 1, socket: 1 },
];

const MACHINES = [
  {
    domainId: parseDomainId('6b8f2f0e-0d0f-4c3c-9d3a-3f6a5d1b7c10'),
    name: 'web1',
    state: 'running',
  },
] as const;

for (const { name, skip, open } of DATABASES) {
  describe(`reports of hosts on ${name}`, { skip }, () => {
    let rig: DatabaseRig;
    let store: Store;
    before(async () => {
      rig = await open();
      const database = await openDatabase(await rig.createDatabase());
      store = await Store.open({ database, now: () => new Date('2026-01-02T03:04:05Z') });
      await store.write('keep a report', (write) =>
        putHost(write, { observed, findings: [], physicalNetworks: new Map(), machines: MACHINES }),
      );
    });
    after(async () => {
      await store.close();
      await rig.dispose();
    });

    it('findHost() gives a host as putHost() got it', async () => {
      const found = await store.read('find it', (db) => findHost(db, observed.hostId));
      assert.deepEqual(found?.observed, observed);
      assert.deepEqual(found.observed.numaNodes, NODES);
      assert.deepEqual(found.machines, MACHINES);
    });

    it('findHost() and listHosts() read a report of before NUMA nodes and machines were in it', async () => {
      const { numaNodes: _, ...older } = observed;
      const report = JSON.stringify({ observed: older, findings: [], physicalNetworks: {} });
      await store.write('put an old report', async (write) => {
        await write.db.updateTable('host').set({ report }).execute();
      });
      const found = await store.read('find it', (db) => findHost(db, observed.hostId));
      assert.deepEqual(found?.observed, { ...observed, numaNodes: [] });
      assert.equal(found.machines, undefined);
      assert.deepEqual(await store.read('list them', listHosts), [found]);
    });
  });
}
