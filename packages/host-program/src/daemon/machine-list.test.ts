import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@virtfn/host';
import { fishMachine, SimulatedHypervisor, VirtualClock } from '@virtfn/host-simulator';
import { MachineList } from './machine-list.ts';

/** Sleeps until somebody lets it pass, or wakes it. */
class WaitingClock implements Clock {
  readonly #sleepers = new Set<() => void>();

  now(): number {
    return 0;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      this.#sleepers.add(resolve);
      signal?.addEventListener('abort', () => resolve());
    });
  }

  pass(): void {
    for (const wake of this.#sleepers) wake();
    this.#sleepers.clear();
  }
}

function openRig() {
  const clock = new WaitingClock();
  const hypervisor = new SimulatedHypervisor(fishMachine(new VirtualClock()));
  const stop = new AbortController();
  let isWanted = true;
  let changes = 0;
  const list = new MachineList({
    hypervisor,
    clock,
    isWanted: () => isWanted,
    onChange: () => (changes += 1),
    signal: stop.signal,
  });
  const running = list.run();
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 20; turns += 1) await turn();
  };
  const states = () => list.current?.map(({ name, state }) => `${name} ${state}`) ?? null;
  return {
    clock,
    hypervisor,
    settle,
    states,
    changes: () => changes,
    want: (is: boolean) => (isWanted = is),
    end: async () => {
      stop.abort();
      await running;
    },
  };
}

describe('MachineList', () => {
  it('follows what libvirt tells of, and says when it has changed', async () => {
    const { hypervisor, settle, states, changes, end } = openRig();
    await settle();
    assert.deepEqual([states(), changes()], [[], 1]);
    const web = hypervisor.define('web');
    hypervisor.start(web);
    await settle();
    assert.deepEqual([states(), changes()], [['web running'], 2]);
    await end();
  });

  it('reads no document of any machine', async () => {
    const { hypervisor, settle, states, end } = openRig();
    let looks = 0;
    hypervisor.observe = async () => {
      looks += 1;
      return [];
    };
    hypervisor.define('web');
    await settle();
    assert.deepEqual([states(), looks], [['web shut-off'], 0]);
    await end();
  });

  it('looks every half minute for what it was not told of', async () => {
    const { clock, hypervisor, settle, states, end } = openRig();
    await settle();
    hypervisor.faults.inject({ kind: 'lose-event', times: Infinity });
    hypervisor.define('web');
    await settle();
    assert.deepEqual(states(), []);
    clock.pass();
    await settle();
    assert.deepEqual(states(), ['web shut-off']);
    await end();
  });

  it('asks nobody while nobody is told', async () => {
    const { clock, hypervisor, settle, states, want, end } = openRig();
    want(false);
    hypervisor.define('web');
    await settle();
    clock.pass();
    await settle();
    assert.equal(states(), null);
    await end();
  });
});
