import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { member, NeutronRig } from '../testing/index.ts';

const NETWORK_OWNER = member('blue');
const PORT_OWNER = member('green');

describe('a port in a network that another project shares', () => {
  let rig: NeutronRig;
  let netId: string;
  beforeEach(async () => {
    rig = await NeutronRig.start();
    netId = (await rig.make('networks', 'network', {}, NETWORK_OWNER)).id;
    await rig.put(`networks/${netId}`, { network: { shared: true } });
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const make = (values: object = {}, asker = PORT_OWNER) =>
    rig.make('ports', 'port', { network_id: netId, ...values }, asker);

  it('is seen and deleted by the owner of the network, and changed by its own', async () => {
    const { id } = await make({ 'binding:vnic_type': 'macvtap' });
    const before = await rig.show(`ports/${id}`);
    const put = (port: object, asker: typeof PORT_OWNER) => rig.put(`ports/${id}`, { port }, asker);
    const open = { port_security_enabled: false, security_groups: [], admin_state_up: false };
    for (const change of [open, { name: 'mine' }, { 'binding:vnic_type': 'normal' }, {}])
      await rig.refused(put(change, NETWORK_OWNER), 403, 'PolicyNotAuthorized');
    assert.equal((await rig.show(`ports/${id}`, NETWORK_OWNER)).id, id);
    assert.deepEqual(await rig.show(`ports/${id}`), before);

    assert.equal((await put({ name: 'mine' }, PORT_OWNER)).status, 200);
    // What filters it is the network's owner's to switch off, of ports of his own.
    await rig.refused(put(open, PORT_OWNER), 403, 'PolicyNotAuthorized');
    const own = await make({}, NETWORK_OWNER);
    assert.equal((await rig.put(`ports/${own.id}`, { port: open }, NETWORK_OWNER)).status, 200);

    assert.equal((await rig.delete(`ports/${id}`, NETWORK_OWNER)).status, 204);
  });
});
