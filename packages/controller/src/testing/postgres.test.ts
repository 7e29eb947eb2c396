import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import pg from 'pg';
import { skipWithoutPostgres, startPostgres } from './index.ts';

test('startPostgres() gives empty databases that keep what was committed over a stop and a crash, and leaves nothing behind', {
  skip: skipWithoutPostgres(),
}, async () => {
  let folder = '';
  {
    await using postgres = await startPostgres({ fsync: true });
    const url = await postgres.createDatabase();
    folder = new URL(url).searchParams.get('host') ?? '';
    assert.notEqual(await postgres.createDatabase(), url);
    const query = async (sql: string): Promise<readonly unknown[]> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query({ text: sql, rowMode: 'array' });
      await client.end();
      return rows.flat();
    };
    await query('CREATE TABLE kept (id integer)');
    await query('INSERT INTO kept VALUES (1)');
    await postgres.kill();
    await assert.rejects(query('SELECT 1'), { code: 'ENOENT' }, 'nobody answers');
    await postgres.start();
    await query('INSERT INTO kept VALUES (2)');
    await postgres.stop();
    await postgres.start();
    assert.deepEqual(await query('SELECT id FROM kept ORDER BY id'), [1, 2]);
    assert.ok(existsSync(folder));
  }
  assert.ok(!existsSync(folder));
});
