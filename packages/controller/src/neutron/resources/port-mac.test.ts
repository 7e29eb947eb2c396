import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { member, NeutronRig } from '../testing/index.ts';

const OWNER = member('blue');

describe('the MAC of a port', () => {
  let rig: NeutronRig;
  let netId: string;
  beforeEach(async () => {
    rig = await NeutronRig.start();
    netId = (await rig.make('networks', 'network', {}, OWNER)).id;
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const port = (values: object = {}) => rig.make('ports', 'port', { network_id: netId, ...values });
  const putMac = (id: string, mac: string | null, asker?: typeof OWNER) =>
    rig.put(`ports/${id}`, { port: { mac_address: mac } }, asker);

  it('is made anew for null, and the old one is free again', async () => {
    const { id, mac_address: before } = await port();
    assert.equal((await putMac(id, null)).status, 200);
    const { mac_address: after } = await rig.show(`ports/${id}`);
    assert.match(String(after), /^fa:16:3e(?::[\da-f]{2}){3}$/);
    assert.notEqual(after, before);
    assert.equal((await port({ mac_address: before }))['mac_address'], before);
  });

  it('is there once in a network', async () => {
    const { mac_address: mac } = await port();
    const { id } = await port();
    await rig.refused(putMac(id, String(mac)), 409, 'MacAddressInUse');
  });

  it('stays while a guest has the port', async () => {
    const { id } = await port({
      'binding:vnic_type': 'direct',
      'binding:host_id': 'compute1',
      device_owner: 'compute:nova',
    });
    for (const mac of [null, 'fa:16:3e:00:00:01']) await rig.refused(putMac(id, mac), 409, 'PortBound');
  });

  it('is changed by administrators, and given by the owner of the network', async () => {
    const { id } = await rig.make(
      'ports',
      'port',
      { network_id: netId, mac_address: 'fa:16:3e:00:00:01' },
      OWNER,
    );
    await rig.refused(putMac(id, null, OWNER), 403, 'PolicyNotAuthorized');
    await rig.put(`networks/${netId}`, { network: { shared: true } });
    await rig.refused(
      rig.post('ports', { port: { network_id: netId, mac_address: 'fa:16:3e:00:00:02' } }, member('green')),
      403,
      'PolicyNotAuthorized',
    );
  });
});
