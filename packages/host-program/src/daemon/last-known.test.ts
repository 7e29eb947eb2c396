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
  const ask = lastKnown({
    maxAgeMs: 10,
    patienceMs: 60_000,
    now: () => now,
    first: 'nothing',
    read: () => {
      reads += 1;
      return answers.shift()?.() ?? assert.fail();
    },
  });
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

test('lastKnown() tells what was known to whoever would wait too long, and later what came of it', async () => {
  const late = Promise.withResolvers<string>();
  const answers = [Promise.resolve('before'), late.promise];
  let now = 0;
  const read = (): Promise<string> => answers.shift() ?? assert.fail();
  const ask = lastKnown({ maxAgeMs: 10, patienceMs: 20, now: () => now, first: 'nothing', read });
  assert.equal(await ask(), 'before');
  now = 10;
  assert.equal(await ask(), 'before');
  late.resolve('after');
  assert.equal(await ask(), 'after');
});
