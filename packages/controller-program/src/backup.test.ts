import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ControllerConfig } from '@virtfn/contract/controller-config';
import { isOfThisHistory, openDatabase, Store } from '@virtfn/controller';
import { isSriovError } from '@virtfn/model';
import { backUp, restore } from './backup.ts';

const NOW = new Date('2026-01-02T03:04:05Z');

describe('restore()', () => {
  let folder: string;
  let database: string;
  let copy: string;
  let config: ControllerConfig;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-backup-'));
    database = path.join(folder, 'controller.db');
    copy = path.join(folder, 'copy');
    config = { database: { url: `sqlite:${database}` } } as ControllerConfig;
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What controllers do with the database: so many writes, and then `work`. */
  const inStore = async <Result>(
    writes: number,
    work: (store: Store) => Promise<Result>,
  ): Promise<Result> => {
    const store = await Store.open({ database: await openDatabase(`sqlite:${database}`), now: () => NOW });
    try {
      for (let count = 0; count < writes; count += 1)
        await store.write('write', async (write) => write.changed('port', `p${write.revision}`));
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const isKnown = (store: Store, revision: number): Promise<boolean> =>
    store.read('look', (db) => isOfThisHistory(db, revision));
  const restored = (at: Date): Promise<string> => restore(config, copy, at);

  const losses: readonly { name: string; lose: () => Promise<void> }[] = [
    { name: 'is there', lose: async () => {} },
    { name: 'is gone, and a controller has made an empty one', lose: () => lost(2) },
    { name: 'is gone', lose: () => lost(0) },
    {
      name: 'is broken',
      lose: async () => {
        await writeFile(database, 'no database', { flag: 'r+' });
        await writeFile(`${database}-wal`, 'its log');
      },
    },
  ];
  const lost = async (writes: number): Promise<void> => {
    await rm(database);
    if (writes > 0) await inStore(writes, async () => {});
  };
  for (const { name, lose } of losses) {
    it(`takes no revision of the database that it replaces for one of its own, when that one ${name}`, async () => {
      const atBackup = await inStore(3, (store) => store.revision());
      await backUp(config, copy);
      const told = await inStore(5, (store) => store.revision());
      await lose();
      await restored(NOW);
      assert.deepEqual(
        (await readdir(folder)).filter((file) => /^controller\.db(?:\.next|-)/.test(file)),
        [],
      );
      // As many writes as before: the numbers would meet, and the agent that was told the last one be sent nothing.
      await inStore(0, async (store) => {
        const first = await store.revision();
        assert.ok(first > told && Number.isSafeInteger(first) && String(first).length <= 15, String(first));
        for (const old of [1, atBackup, told]) assert.equal(await isKnown(store, old), false, String(old));
        assert.equal(await isKnown(store, first), true);
      });
      await inStore(told, async (store) => {
        for (const old of [1, atBackup, told]) assert.equal(await isKnown(store, old), false, String(old));
        assert.equal(await isKnown(store, await store.revision()), true);
        assert.equal(await isKnown(store, (await store.revision()) + 1), false);
      });
    });
  }

  it('goes on above the last one once more, whatever the clock says', async () => {
    await inStore(1, async () => {});
    await backUp(config, copy);
    await restored(NOW);
    const told = await inStore(7, (store) => store.revision());
    await restored(new Date(0));
    await inStore(0, async (store) => {
      assert.equal(await isKnown(store, told), false);
      assert.equal((await store.revision()) > told, true);
    });
  });

  it('leaves all as it is when the copy is none of a controller', async () => {
    await inStore(1, async () => {});
    const before = await readFile(database);
    await writeFile(copy, 'something else');
    await assert.rejects(restored(NOW), (error) => isSriovError(error, 'STORE_FAILED'));
    assert.deepEqual(await readFile(database), before);
    assert.deepEqual((await readdir(folder)).toSorted(), ['controller.db', 'copy']);
  });
});
