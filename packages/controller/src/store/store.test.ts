import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { DATABASES, type DatabaseRig } from '../testing/index.ts';
import {
  type Change,
  count,
  type FieldValue,
  findClaimOwner,
  findObject,
  insertObject,
  listClaims,
  listObjectIds,
  listObjects,
  type ObjectQuery,
  openDatabase,
  readCounter,
  readLocalPortsRevision,
  releaseClaim,
  removeObject,
  replaceObject,
  Store,
  setVisibility,
  takeClaim,
  touchLocalPorts,
  type Write,
} from './index.ts';

const ALL: ObjectQuery = { kind: 'port', visibleTo: null, where: [], after: null, order: 'asc', limit: null };
const none: readonly [] = [];

async function openStore(url: string): Promise<Store> {
  return Store.open({ database: await openDatabase(url), now: () => new Date('2026-01-02T03:04:05Z') });
}

const putPort = (write: Write, id: string, projectId = 'p', network: string | null = null): Promise<void> =>
  insertObject(
    write,
    { kind: 'port', id, projectId, body: JSON.stringify({ id }) },
    network === null ? none : [{ field: 'network_id', value: network, refKind: 'network' }],
  );

for (const { name, skip, open } of DATABASES) {
  describe(`Store on ${name}`, { skip }, () => {
    let rig: DatabaseRig;
    let url: string;
    let store: Store;
    before(async () => {
      rig = await open();
    });
    after(() => rig.dispose());
    const withStore = (test: () => Promise<void>) => async (): Promise<void> => {
      url = await rig.createDatabase();
      store = await openStore(url);
      try {
        await test();
      } finally {
        await store.close();
      }
    };

    it(
      'write() keeps what it wrote, over a restart',
      withStore(async () => {
        await store.write('put it', (write) => putPort(write, 'a'));
        await store.close();
        store = await openStore(url);
        assert.equal(await store.read('find it', (db) => findObject(db, 'port', 'a')), '{"id":"a"}');
        assert.equal(await store.revision(), 1);
      }),
    );

    it(
      'write() undoes all of one that throws, and nothing of its neighbours in the same commit',
      withStore(async () => {
        const outcomes = await Promise.allSettled(
          ['a', 'b', 'c'].map((id) =>
            store.write('put it', async (write) => {
              await putPort(write, id);
              if (id === 'b') throw new RangeError('no');
            }),
          ),
        );
        assert.deepEqual(
          outcomes.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
        assert.deepEqual(await store.read('list', (db) => listObjectIds(db, ALL)), ['a', 'c']);
      }),
    );

    it(
      'write() tells whom a refusal of the database concerns, also among others',
      withStore(async () => {
        const outcomes = await Promise.allSettled(
          ['a', 'a', 'b'].map((id) => store.write('put a port', (write) => putPort(write, id))),
        );
        assert.deepEqual(
          outcomes.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
        const [, refused] = outcomes;
        assert.ok(refused?.status === 'rejected' && isSriovError(refused.reason, 'STORE_FAILED'));
      }),
    );

    it(
      'takeClaim() gives each thing to one owner, whoever asks at the same time from several controllers',
      withStore(async () => {
        const other = await openStore(url);
        const asked = Array.from({ length: 64 }, (_, owner) =>
          (owner % 2 === 0 ? store : other).write('take a VF', async (write) => {
            for (let vf = 0; ; vf += 1) {
              if (await takeClaim(write, 'vf/host', String(vf), `owner ${owner}`)) return vf;
            }
          }),
        );
        const given = await Promise.all(asked);
        await other.close();
        assert.equal(new Set(given).size, 64);
        assert.equal(Math.max(...given), 63);
        assert.equal((await store.read('list', (db) => listClaims(db, 'vf/host'))).length, 64);
      }),
    );

    it(
      'releaseClaim() leaves alone what has another owner by now',
      withStore(async () => {
        await store.write('take', (write) => takeClaim(write, 's', 'k', 'new owner'));
        await store.write('release', (write) => releaseClaim(write, 's', 'k', 'old owner'));
        assert.equal(await store.read('find', (db) => findClaimOwner(db, 's', 'k')), 'new owner');
      }),
    );

    it(
      'count() loses nothing when two controllers count at once',
      withStore(async () => {
        const other = await openStore(url);
        await Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            (index % 2 === 0 ? store : other).write('count', (write) => count(write, 'port', 'p', 1)),
          ),
        );
        await other.close();
        assert.equal(await store.read('read', (db) => readCounter(db, 'port', 'p')), 40);
        assert.equal(await store.read('read', (db) => readCounter(db, 'port', 'other')), 0);
      }),
    );

    it(
      'watch() tells of every change once and in order, those of another controller too',
      withStore(async () => {
        const other = await openStore(url);
        const told: Change[] = [];
        const { promise: complete, resolve } = Promise.withResolvers<void>();
        store.watch((changes) => {
          told.push(...changes);
          if (told.length === 20) resolve();
        });
        const isShared = name !== 'SQLite';
        for (let index = 0; index < 20; index += 1) {
          const writer = isShared && index % 2 === 0 ? other : store;
          await writer.write('put', (write) => putPort(write, String(index)));
        }
        await complete;
        await other.close();
        assert.deepEqual(
          told.map(({ subject }) => Number(subject)),
          Array.from({ length: 20 }, (_, index) => index),
        );
        const revisions = told.map(({ revision }) => revision);
        assert.deepEqual(
          revisions,
          revisions.toSorted((a, b) => a - b),
        );
        const later = await store.since(revisions[9] ?? 0, 5);
        assert.deepEqual(
          later.map((change) => ({ ...change })),
          told.slice(10, 15).map((change) => ({ ...change })),
        );
      }),
    );

    it(
      'since() never tears a write apart',
      withStore(async () => {
        await store.write('put many', async (write) => {
          for (let index = 0; index < 30; index += 1) await putPort(write, String(index));
        });
        await store.write('put one', (write) => putPort(write, 'last'));
        const changes = await store.since(0, 7);
        assert.equal(changes.filter(({ revision }) => revision === 1).length, 30);
        assert.deepEqual(
          (await store.since(1, 7)).map(({ subject }) => subject),
          ['last'],
        );
      }),
    );

    it(
      'since() tells who sees an object no more, once each, and nobody else',
      withStore(async () => {
        const port = { kind: 'port', id: 'a' };
        await store.write('put', (write) => putPort(write, 'a'));
        await store.write('share', async (write) => {
          for (const project of ['q', 'r', 's']) await setVisibility(write, port, project, true);
        });
        await store.write('take back', async (write) => {
          for (const project of ['q', 'nobody', 'q']) await setVisibility(write, port, project, false);
        });
        await store.write('remove', (write) => removeObject(write, { ...port, projectId: 'p' }, none));
        assert.deepEqual(
          (await store.since(1, 10)).map(({ hiddenFrom, projectId }) => [hiddenFrom.toSorted(), projectId]),
          [
            [[], null],
            [['q'], null],
            [['r', 's'], 'p'],
          ],
        );
      }),
    );

    it(
      'write() logs more changes than one statement has room for',
      withStore(async () => {
        const subjects = Array.from(
          { length: 12_000 },
          (_, index) => `port-${String(index).padStart(5, '0')}`,
        );
        await store.write('change many', async (write) => {
          for (const subject of subjects) write.changed('port', subject, 'p');
        });
        const changes = await store.since(0, subjects.length);
        assert.deepEqual(
          changes.map(({ subject }) => subject),
          subjects,
        );
      }),
    );

    it(
      'removeObject() is refused while another object needs it',
      withStore(async () => {
        await store.write('put', async (write) => {
          await insertObject(write, { kind: 'network', id: 'n', projectId: 'p', body: '{}' }, none);
          await putPort(write, 'a', 'p', 'n');
        });
        const removeNetwork = () =>
          store.write('remove', (write) =>
            removeObject(write, { kind: 'network', id: 'n', projectId: 'p' }, none),
          );
        await assert.rejects(removeNetwork(), (error) => isSriovError(error, 'STORE_FAILED'));
        const needs = [{ field: 'network_id', value: 'n', refKind: 'network' }];
        await store.write('remove the port', (write) =>
          removeObject(write, { kind: 'port', id: 'a', projectId: 'p' }, needs),
        );
        await removeNetwork();
        assert.equal(await store.read('find', (db) => findObject(db, 'network', 'n')), undefined);
      }),
    );

    it(
      'touchLocalPorts() keeps the last change of each host, and wakes who follows it',
      withStore(async () => {
        const touch = (hostId: string): Promise<void> =>
          store.write('touch', (write) => touchLocalPorts(write, hostId));
        const read = (hostId: string): Promise<number> =>
          store.read('read', (db) => readLocalPortsRevision(db, hostId));
        assert.equal(await read('here'), 0);
        await touch('here');
        await touch('there');
        await touch('here');
        assert.deepEqual([await read('here'), await read('there')], [3, 2]);
        const changes = await store.since(1, 10);
        assert.deepEqual(
          changes.map(({ kind, subject }) => `${kind} ${subject}`),
          ['desired there', 'desired here'],
        );
      }),
    );

    it(
      'listObjects() finds by fields, project and what is shown to it, page by page',
      withStore(async () => {
        await store.write('put', async (write) => {
          for (const [id, project, colour] of [
            ['a', 'p', 'red'],
            ['b', 'q', 'red'],
            ['c', 'p', 'blue'],
            ['d', 'r', 'blue'],
          ] as const) {
            const fields: readonly FieldValue[] = [{ field: 'colour', value: colour, refKind: null }];
            await insertObject(
              write,
              { kind: 'port', id, projectId: project, body: JSON.stringify(id) },
              fields,
            );
          }
          await setVisibility(write, { kind: 'port', id: 'd' }, '*', true);
          await replaceObject(
            write,
            { kind: 'port', id: 'c', projectId: 'p', body: '"c"' },
            [{ field: 'colour', value: 'blue', refKind: null }],
            [{ field: 'colour', value: 'green', refKind: null }],
          );
        });
        const cases: readonly { name: string; given: Partial<ObjectQuery>; want: readonly string[] }[] = [
          { name: 'all', given: {}, want: ['a', 'b', 'c', 'd'] },
          { name: 'shown to a project', given: { visibleTo: 'p' }, want: ['a', 'c', 'd'] },
          {
            name: 'of a project',
            given: { where: [{ field: 'project_id', values: ['q', 'r'] }] },
            want: ['b', 'd'],
          },
          {
            name: 'by a field',
            given: { where: [{ field: 'colour', values: ['red', 'green'] }] },
            want: ['a', 'b', 'c'],
          },
          {
            name: 'by two fields',
            given: {
              where: [
                { field: 'colour', values: ['red'] },
                { field: 'id', values: ['b', 'd'] },
              ],
            },
            want: ['b'],
          },
          {
            name: 'what is no longer so',
            given: { where: [{ field: 'colour', values: ['blue'] }] },
            want: ['d'],
          },
          { name: 'a page', given: { after: 'a', limit: 2 }, want: ['b', 'c'] },
          { name: 'backwards', given: { after: 'c', order: 'desc' }, want: ['b', 'a'] },
        ];
        for (const { name: what, given, want } of cases) {
          const query = { ...ALL, ...given };
          const bodies = await store.read('list', (db) => listObjects(db, query));
          assert.deepEqual(
            bodies.map((body) => JSON.parse(body)),
            want,
            what,
          );
          assert.deepEqual(await store.read('list', (db) => listObjectIds(db, query)), want, what);
        }
      }),
    );

    it(
      'close() waits for what is under way, and refuses what comes later',
      withStore(async () => {
        const last = store.write('put', (write) => putPort(write, 'a'));
        await store.close();
        await last;
        await assert.rejects(store.revision(), (error) => isSriovError(error, 'STORE_FAILED'));
        store = await openStore(url);
        assert.deepEqual(await store.read('list', (db) => listObjectIds(db, ALL)), ['a']);
      }),
    );
  });
}
