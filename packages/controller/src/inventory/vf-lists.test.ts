import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NeutronRig } from '../neutron/testing/index.ts';
import { insertObject } from '../store/index.ts';
import { listAttachments } from './vf-lists.ts';

describe('listAttachments()', () => {
  it('gives others their turn between the pages that it reads', async () => {
    await using rig = await NeutronRig.start();
    const { store } = rig;
    await store.write('put attachments', async (write) => {
      for (let number = 0; number < 2500; number += 1) {
        const id = `a${String(number).padStart(5, '0')}`;
        const body = JSON.stringify({ id, host_id: 'compute1', pf: '0000:3b:00.0', state: 'failed' });
        await insertObject(write, { kind: 'attachment', id, projectId: 'p', body }, []);
      }
    });
    let turns = 0;
    const request = (): void => {
      turns += 1;
      if (turns < 100) setImmediate(request);
    };
    setImmediate(request);
    const source = { store, fleet: rig.controller.fleet };
    const { attachments } = await listAttachments(source, { state: 'configured' });
    assert.deepEqual([attachments.length, turns], [0, 2]);
    const all = await listAttachments(source, { limit: 2500 });
    assert.equal(all.attachments.length, 2500);
  });
});
