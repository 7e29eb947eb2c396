import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NeutronRig } from '../neutron/testing/index.ts';
import { PortTally } from './port-tally.ts';

describe('PortTally', () => {
  it('forgets what it knows when nobody asks any more, and counts anew when somebody does', async (t) => {
    await using rig = await NeutronRig.start();
    const { store } = rig;
    const { id: netId } = await rig.make('networks', 'network', {});
    const makePorts = async (many: number): Promise<void> => {
      for (let made = 0; made < many; made += 1) await rig.make('ports', 'port', { network_id: netId });
    };
    let watching = 0;
    const watch = store.watch.bind(store);
    t.mock.method(store, 'watch', (watcher: Parameters<typeof watch>[0]) => {
      watching += 1;
      const unwatch = watch(watcher);
      return () => {
        watching -= 1;
        unwatch();
      };
    });
    const tally = new PortTally(store, 3);
    const count = async (): Promise<number | undefined> => (await tally.count()).get('DOWN');

    await makePorts(2);
    assert.equal(await count(), 2);
    await makePorts(3);
    assert.equal(watching, 1);
    assert.equal(await count(), 5);
    await makePorts(4);
    assert.equal(watching, 0, 'nothing is kept of what comes now');
    await makePorts(4);
    assert.equal(await count(), 13);
    await makePorts(1);
    assert.deepEqual([await count(), watching], [14, 1]);
  });
});
