import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { PfCounters } from '@virtfn/host';
import { fishMachine, observeMachine, VirtualClock } from '@virtfn/host-simulator';
import { type PciAddress, SriovError } from '@virtfn/model';
import { RecentCounters } from './recent-counters.ts';

/** Counters that are answered one reading at a time, when the test says so. */
function openRig() {
  const clock = new VirtualClock();
  const { pfs } = observeMachine(fishMachine(clock));
  const [pf] = pfs;
  assert.ok(pf !== undefined);
  const asked: PciAddress[] = [];
  let answer: (counters: readonly PfCounters[]) => void = () => {};
  let refuse: (error: SriovError) => void = () => {};
  const recent = new RecentCounters(
    {
      read: ([each]) => {
        asked.push(each?.pciAddress ?? assert.fail('one PF at a time'));
        return new Promise((resolve, reject) => {
          answer = resolve;
          refuse = reject;
        });
      },
    },
    () => clock.now(),
  );
  const turn = (): Promise<void> => new Promise(setImmediate);
  return {
    clock,
    pf,
    pfs,
    asked,
    recent,
    turn,
    answer: () => answer([]),
    refuse: () => refuse(new SriovError('STEP_TIMEOUT', 'Cannot read the counters of eth0')),
  };
}

suite('RecentCounters', () => {
  test('read once for all who ask, and anew for who wants nothing so old', async () => {
    const { clock, pf, asked, recent, turn, answer } = openRig();
    const both = [recent.read(pf, 1000), recent.read(pf, 2000)];
    await turn();
    answer();
    assert.deepEqual(await Promise.all(both), [
      { at: 0, counters: null },
      { at: 0, counters: null },
    ]);
    clock.advance(1000);
    assert.deepEqual(await recent.read(pf, 2000), { at: 0, counters: null });
    assert.equal(asked.length, 1);
    const fresh = recent.read(pf, 1000);
    await turn();
    answer();
    assert.equal((await fresh).at, 1000);
    assert.equal(asked.length, 2);
  });

  test('share a reading that is slow, however long it takes: nobody waits behind a queue of them', async () => {
    const { clock, pf, asked, recent, turn, answer } = openRig();
    const first = recent.read(pf, 900);
    for (let second = 0; second < 5; second += 1) {
      clock.advance(1000);
      await turn();
      assert.equal(recent.read(pf, 900), first);
    }
    answer();
    assert.equal((await first).at, 5000);
    assert.equal(asked.length, 1);
  });

  test('read anew a PF that another look has found to be another', async () => {
    const { pf, asked, recent, turn, answer } = openRig();
    void recent.read(pf, 2000);
    await turn();
    answer();
    void recent.read({ ...pf, netdevName: null }, 2000);
    await turn();
    assert.equal(asked.length, 2);
  });

  test('ask for one PF after the other: the kernel answers under one lock', async () => {
    const { pfs, asked, recent, turn, answer } = openRig();
    const all = recent.readAll(pfs, 2000);
    for (let done = 1; done <= pfs.length; done += 1) {
      await turn();
      assert.equal(asked.length, done);
      answer();
    }
    assert.deepEqual(await all, { counters: [], hasFailed: false });
  });

  test('leave out a PF whose counters the kernel does not tell, and no other, and ask again', async () => {
    const { pf, pfs, asked, recent, turn, answer, refuse } = openRig();
    const [, other] = pfs;
    assert.ok(other !== undefined);
    const both = recent.readAll([pf, other], 2000);
    await turn();
    refuse();
    await turn();
    answer();
    assert.deepEqual(await both, { counters: [], hasFailed: true });
    const again = recent.readAll([pf], 2000);
    await turn();
    answer();
    assert.deepEqual(await again, { counters: [], hasFailed: false });
    assert.deepEqual(asked, [pf.pciAddress, other.pciAddress, pf.pciAddress]);
  });
});
