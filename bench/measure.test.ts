import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measure, summarize } from './measure.ts';

test('summarize() takes the middle, or the mean of the two in the middle', () => {
  assert.deepEqual(summarize([9, 1, 5]), { min: 1, median: 5, max: 9, runs: 3 });
  assert.deepEqual(summarize([4, 1, 2, 10]), { min: 1, median: 3, max: 10, runs: 4 });
  assert.throws(() => summarize([]), RangeError);
});

test('measure() prepares every run and counts none of the warm-up', async () => {
  const calls: string[] = [];
  const timing = await measure(() => calls.push('work'), {
    warmUp: 1,
    runs: 2,
    prepare: () => calls.push('prepare'),
  });
  assert.equal(timing.runs, 2);
  assert.deepEqual(calls, ['prepare', 'work', 'prepare', 'work', 'prepare', 'work']);
});

test('measure() waits for asynchronous work', async () => {
  let done = 0;
  await measure(() => Promise.resolve().then(() => done++), { warmUp: 0, runs: 3 });
  assert.equal(done, 3);
});
