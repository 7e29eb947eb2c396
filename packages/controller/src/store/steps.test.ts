import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANY_STEP, DATABASES, type DatabaseRig } from '../testing/index.ts';
import {
  type Change,
  insertSteps,
  insertToldSteps,
  listSteps,
  type NewStep,
  openDatabase,
  type StepQuery,
  Store,
} from './index.ts';

const ON_HOST: NewStep = {
  at: '2026-01-02T03:04:05.000Z',
  actor: { kind: 'agent' },
  cause: 'reconcile',
  action: 'set-vf',
  text: 'set the VLAN of VF 3',
  object: null,
  hostId: 'fish',
  pf: '0000:82:00.0',
  vfIndex: 3,
  portId: 'port',
  attachmentId: 'attachment',
  error: null,
};

const BY_USER: NewStep = {
  ...ON_HOST,
  at: '2026-01-02T04:00:00.000Z',
  actor: { kind: 'user', userId: 'u', userName: 'ada', projectId: 'p' },
  cause: 'req-1',
  action: 'PUT ports/:id',
  text: 'update port other',
  object: { kind: 'port', id: 'other' },
  hostId: null,
  pf: null,
  vfIndex: null,
  portId: 'other',
  attachmentId: null,
};

for (const { name, skip, open } of DATABASES) {
  describe(`The audit log on ${name}`, { skip }, () => {
    let rig: DatabaseRig;
    before(async () => {
      rig = await open();
    });
    after(() => rig.dispose());
    const withStore = (test: (store: Store) => Promise<void>) => async (): Promise<void> => {
      const database = await openDatabase(await rig.createDatabase());
      const store = await Store.open({ database, now: () => new Date('2026-01-02T05:00:00Z') });
      try {
        await test(store);
      } finally {
        await store.close();
      }
    };
    const tell = (store: Store, place: number, texts: readonly string[], log = 'life 1'): Promise<void> =>
      store.write('tell', (write) =>
        insertToldSteps(
          write,
          texts.map((text) => ({ ...ON_HOST, text })),
          { log, place },
        ),
      );

    it(
      'insertToldSteps() keeps each step once, however often it is told',
      withStore(async (store) => {
        await tell(store, 0, ['a', 'b']);
        await tell(store, 0, ['a', 'b']);
        await tell(store, 1, ['b', 'c']);
        await tell(store, 0, ['another life'], 'life 2');
        const steps = await store.read('list', (db) => listSteps(db, ANY_STEP));
        assert.deepEqual(
          steps.map(({ text }) => text),
          ['another life', 'c', 'b', 'a'],
        );
      }),
    );

    it(
      'insertToldSteps() tells followers of the host, but not when there is nothing new',
      withStore(async (store) => {
        const seen: Change[] = [];
        store.watch((changes) => seen.push(...changes));
        await tell(store, 0, ['a', 'b']);
        await tell(store, 0, ['a', 'b']);
        const changes = await store.since(0, 100);
        assert.deepEqual(
          changes.map(({ kind, subject }) => ({ kind, subject })),
          [{ kind: 'step', subject: 'fish' }],
        );
      }),
    );

    it(
      'listSteps() gives back what was put in, page by page, the latest first',
      withStore(async (store) => {
        await tell(store, 0, ['a', 'b', 'c']);
        await store.write('change', (write) => insertSteps(write, [BY_USER]));
        const [first, ...others] = await store.read('list', (db) => listSteps(db, { ...ANY_STEP, limit: 2 }));
        assert.deepEqual(first, { ...BY_USER, id: 4, revision: 2 });
        assert.equal(others.length, 1);
        const rest = await store.read('list', (db) =>
          listSteps(db, { ...ANY_STEP, before: others[0] ?? null, limit: 5 }),
        );
        assert.deepEqual(
          rest.map(({ text }) => text),
          ['b', 'a'],
        );
      }),
    );

    const failed: NewStep = {
      ...ON_HOST,
      text: 'failed',
      vfIndex: 4,
      error: { code: 'KERNEL_REFUSED', message: 'Cannot' },
    };
    const filters: readonly { name: string; given: Partial<StepQuery>; want: readonly string[] }[] = [
      { name: 'host', given: { hostId: 'fish' }, want: ['failed', 'done'] },
      { name: 'PF and VF', given: { pf: '0000:82:00.0', vfIndex: 3 }, want: ['done'] },
      { name: 'port', given: { portId: 'other' }, want: ['update port other'] },
      { name: 'kind of actor', given: { actor: 'agent' }, want: ['failed', 'done'] },
      { name: 'name of a user', given: { actor: 'ada' }, want: ['update port other'] },
      { name: 'id of a user', given: { actor: 'u' }, want: ['update port other'] },
      { name: 'error', given: { code: 'KERNEL_REFUSED' }, want: ['failed'] },
      { name: 'any error', given: { code: 'any' }, want: ['failed'] },
      { name: 'no error', given: { code: 'none' }, want: ['update port other', 'done'] },
      { name: 'since', given: { since: '2026-01-02T04:00:00.000Z' }, want: ['update port other'] },
      { name: 'until', given: { until: '2026-01-02T04:00:00.000Z' }, want: ['failed', 'done'] },
      { name: 'nothing that is there', given: { hostId: 'nobody' }, want: [] },
    ];
    it(
      'listSteps() finds by each of its filters',
      withStore(async (store) => {
        await store.write('tell', (write) =>
          insertToldSteps(write, [{ ...ON_HOST, text: 'done' }, failed], { log: 'life 1', place: 0 }),
        );
        await store.write('change', (write) => insertSteps(write, [BY_USER]));
        for (const { name: filter, given, want } of filters) {
          const steps = await store.read('list', (db) => listSteps(db, { ...ANY_STEP, ...given }));
          assert.deepEqual(
            steps.map(({ text }) => text),
            want,
            filter,
          );
        }
      }),
    );
  });
}
