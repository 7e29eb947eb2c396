import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CoalescedTask } from './coalesced-task.ts';
import { Gate } from './gate.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function openRig() {
  const runs: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const task = new CoalescedTask(
    () => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    },
    (error) => errors.push(error),
  );
  return { task, runs, errors };
}

describe('CoalescedTask', () => {
  it('runs once more, and not at once, for all who ask while it runs', async () => {
    const { task, runs } = openRig();
    for (let asks = 0; asks < 5; asks += 1) task.request();
    assert.equal(runs.length, 1);
    runs[0]?.resolve();
    await turn();
    assert.equal(runs.length, 2);
    runs[1]?.resolve();
    await turn();
    assert.equal(runs.length, 2);
    task.request();
    assert.equal(runs.length, 3);
  });

  it('waits after a failure until it is told to try again, or asked anew', async () => {
    const { task, runs, errors } = openRig();
    task.request();
    task.request();
    runs[0]?.reject(new Error('no'));
    await turn();
    assert.deepEqual([runs.length, errors.length], [1, 1]);
    task.retry();
    assert.equal(runs.length, 2);
    task.retry();
    runs[1]?.resolve();
    await turn();
    task.retry();
    assert.equal(runs.length, 2);
  });
});

describe('Gate', () => {
  it('lets so many in, the others in their order, and goes on when one fails', async () => {
    const gate = new Gate(2);
    const entered: number[] = [];
    const work = Array.from({ length: 50 }, () => Promise.withResolvers<void>());
    const results = work.map(({ promise }, index) =>
      gate
        .enter(() => {
          entered.push(index);
          return promise;
        })
        .catch(() => 'failed'),
    );
    for (const [index, { resolve, reject }] of work.entries()) {
      await turn();
      assert.deepEqual(
        entered,
        Array.from({ length: Math.min(index + 2, 50) }, (_, at) => at),
      );
      if (index % 3 === 0) reject(new Error('no'));
      else resolve();
    }
    assert.equal((await Promise.all(results)).filter((result) => result === 'failed').length, 17);
  });
});
