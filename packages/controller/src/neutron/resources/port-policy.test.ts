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

  it("is called one of the network's own by the network's owner and administrators only", async () => {
    const post = (owner: string, asker?: typeof PORT_OWNER) =>
      rig.post('ports', { port: { network_id: netId, device_owner: owner } }, asker);
    const { id } = await make({ device_owner: 'compute:nova' });
    const put = (owner: string, asker?: typeof PORT_OWNER) =>
      rig.put(`ports/${id}`, { port: { device_owner: owner } }, asker);
    for (const owner of ['network:dhcp', 'network:router_interface']) {
      const rules = ['create', 'update'].map(
        (action) => `(rule:${action}_port and rule:${action}_port:device_owner)`,
      );
      for (const [at, ask] of [post, put].entries()) {
        const message = await rig.refused(ask(owner, PORT_OWNER), 403, 'PolicyNotAuthorized');
        assert.ok(message.includes(rules[at] ?? '-'), message);
      }
      assert.equal((await post(owner, NETWORK_OWNER)).status, 201);
      assert.equal((await post(owner)).status, 201);
    }
    assert.equal((await put('baremetal:none', PORT_OWNER)).status, 200);
    assert.equal((await put('network:dhcp')).status, 200);
    const own = await make({}, NETWORK_OWNER);
    const dhcp = { port: { device_owner: 'network:dhcp' } };
    assert.equal((await rig.put(`ports/${own.id}`, dhcp, NETWORK_OWNER)).status, 200);
  });
});
