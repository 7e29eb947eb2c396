import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastKnown } from './last-known.ts';

test('lastKnown() reads once in its time, also for many who ask, and keeps what it knows while nobody can say', async () => {
  let now = 0;
  const answers: (() => Promise<string>)[] = [
    () => Promise.reject(new Error('not yet')),
    () => Promise.resolve('one'),
    () => Promise.reject(new Error('away')),
    () => Promise.resolve('two'),
  ];
  let reads = 0;
  const ask = lastKnown(
    10,
    () => now,
    'nothing',
    () => {
      reads += 1;
      return answers.shift()?.() ?? assert.fail();
    },
  );
  const seen: string[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    seen.push(...(await Promise.all([ask(), ask()])));
    now += 9;
    await ask();
    now += 1;
  }
  assert.deepEqual(seen, ['nothing', 'nothing', 'one', 'one', 'one', 'one', 'two', 'two']);
  assert.equal(reads, 4);
});
