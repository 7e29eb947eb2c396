import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SriovError } from '@virtfn/model';
import { recordedHost } from '../neutron/replay/index.ts';
import { NeutronRig } from '../neutron/testing/index.ts';

describe('LiveFleet', () => {
  const booted = (number: number, bootId: string) => {
    const report = recordedHost(`compute${number}`);
    return { ...report, observed: { ...report.observed, bootId } };
  };
  const laters: readonly { name: string; later: (rig: NeutronRig) => Promise<unknown> }[] = [
    { name: 'behind a change of another host', later: ({ controller }) => controller.report(booted(2, 'c')) },
    { name: 'when it looks for agents', later: ({ controller }) => controller.fleet.readAgents() },
  ];
  for (const { name, later } of laters) {
    it(`reads a report ${name} that the store did not give at first`, async (t) => {
      await using rig = await NeutronRig.start();
      const { store, controller } = rig;
      const bootIds = (): readonly string[] =>
        controller.fleet.reports().map(({ observed }) => observed.bootId);
      const [first = '', second = ''] = bootIds();
      const read = store.read.bind(store);
      let isAway = true;
      const flaky: typeof read = (action, work) =>
        isAway
          ? Promise.reject(new SriovError('STORE_FAILED', `Cannot ${action}: it is away`))
          : read(action, work);
      t.mock.method(store, 'read', flaky);

      await controller.report(booted(1, 'b'));
      assert.deepEqual(bootIds(), [first, second]);
      isAway = false;
      await later(rig);
      await controller.fleet.settled();
      assert.equal(bootIds()[0], 'b');
    });
  }
});
