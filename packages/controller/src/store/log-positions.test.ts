import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fishMachine, observeMachine, VirtualClock } from '@virtfn/host-simulator';
import { sql } from 'kysely';
import { DATABASES, type DatabaseRig } from '../testing/index.ts';
import { beginHistory, isOfThisHistory, openDatabase, putHost, Store, type Write } from './index.ts';

const PAGE = new URL('../../../../docs/operators/run-a-controller.md', import.meta.url);
const [, BY_HAND = ''] = /^```sql\n([^]*?)^```/m.exec(readFileSync(PAGE, 'utf8')) ?? [];

const observed = observeMachine(fishMachine(new VirtualClock()));
const report = { observed, findings: [], physicalNetworks: new Map(), machines: [] };

const ways: readonly { name: string; only?: string; begin: (write: Write) => Promise<unknown> }[] = [
  { name: 'beginHistory()', begin: (write) => beginHistory(write, Date.now() * 100) },
  { name: 'what operators run', only: 'PostgreSQL', begin: ({ db }) => sql.raw(BY_HAND).execute(db) },
];

for (const { name: databaseName, skip, open } of DATABASES) {
  describe(`a database that was restored, ${databaseName}`, { skip }, () => {
    let rig: DatabaseRig;
    before(async () => {
      rig = await open();
    });
    after(() => rig.dispose());

    for (const { name, begin } of ways.filter(({ only }) => only === undefined || only === databaseName)) {
      it(`knows no revision of before, and counts on, after ${name}`, async (t) => {
        const database = await openDatabase(await rig.createDatabase());
        const store = await Store.open({ database, now: () => new Date() });
        t.after(() => store.close());
        const isKnown = (revision: number): Promise<boolean> =>
          store.read('look', (db) => isOfThisHistory(db, revision));
        await store.write('keep a report', (write) => putHost(write, report));
        const told = await store.revision();
        assert.equal(await isKnown(told), true);
        assert.equal(await isKnown(told + 1), false);

        await store.write('begin', begin);
        const first = await store.revision();
        assert.ok(first > 1e14 && String(first).length === 15, String(first));
        assert.deepEqual([await isKnown(told), await isKnown(first - 1)], [false, false]);
        assert.equal(await isKnown(first), true);

        // All that is kept with a revision has room for this one.
        await store.write('keep another', (write) =>
          putHost(write, { ...report, observed: { ...observed, bootId: 'b' } }),
        );
        assert.equal(await store.revision(), first + 1);
        const [change] = await store.since(first, 10);
        assert.deepEqual([change?.revision, change?.kind], [first + 1, 'host']);
      });
    }
  });
}
