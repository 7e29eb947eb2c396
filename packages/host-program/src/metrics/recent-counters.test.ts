import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PfCounters } from '@virtfn/host';
import { fishMachine, observeMachine, VirtualClock } from '@virtfn/host-simulator';
import { SriovError } from '@virtfn/model';
import { recentCounters } from './recent-counters.ts';

test('recentCounters() reads at most every 2 s, once for all who ask, and anew when there are other PFs', async () => {
  const clock = new VirtualClock();
  const machine = fishMachine(clock);
  const { pfs } = observeMachine(machine);
  let readings = 0;
  let answer: (counters: readonly PfCounters[]) => void = () => {};
  const read = (): Promise<readonly PfCounters[]> => {
    readings += 1;
    return new Promise((resolve) => (answer = resolve));
  };
  const recent = recentCounters({ read }, () => clock.now());
  const both = [recent(pfs), recent(pfs)];
  answer([]);
  assert.deepEqual(await Promise.all(both), [[], []]);
  clock.advance(1999);
  await recent(pfs);
  assert.equal(readings, 1);
  clock.advance(1);
  void recent(pfs);
  assert.equal(readings, 2);
  void recent(observeMachine(machine).pfs);
  assert.equal(readings, 3);
});

test('recentCounters() says that there are none when the kernel does not tell them, and asks again', async () => {
  const clock = new VirtualClock();
  let isSilent = true;
  const read = async (): Promise<readonly PfCounters[]> => {
    if (isSilent) throw new SriovError('STEP_TIMEOUT', 'Cannot read the counters of eth0');
    return [];
  };
  const recent = recentCounters({ read }, () => clock.now());
  assert.equal(await recent([]), null);
  isSilent = false;
  clock.advance(2000);
  assert.deepEqual(await recent([]), []);
});
