import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ApiRig, type Shown } from '../testing/index.ts';

describe('/v2.0/address-groups', () => {
  let api: ApiRig;
  let group: Shown;
  let at: string;

  beforeEach(async () => {
    api = await ApiRig.open();
    const values = { name: 'lab', addresses: ['10.0.0.1', '10.1.0.0/16'] };
    group = await api.create('p1', 'address-groups', { address_group: values });
    at = `address-groups/${group.id}`;
  });
  afterEach(() => api.close());

  it('addresses are kept as prefixes, added and removed', async () => {
    assert.deepEqual(group['addresses'], ['10.0.0.1/32', '10.1.0.0/16']);
    const more = await api.update('p1', `${at}/add_addresses`, { addresses: ['fd00::/8'] });
    assert.deepEqual(more['addresses'], ['10.0.0.1/32', '10.1.0.0/16', 'fd00::/8']);
    await api.update('p1', `${at}/remove_addresses`, { addresses: ['10.0.0.1'] });
    assert.deepEqual((await api.show('p1', at))['addresses'], ['10.1.0.0/16', 'fd00::/8']);
  });

  for (const { name, action, given, want } of [
    {
      name: 'an address that it has',
      action: 'add_addresses',
      given: { addresses: ['10.0.0.1/32'] },
      want: '400 AddressesAlreadyExist',
    },
    {
      name: 'an address that it has not',
      action: 'remove_addresses',
      given: { addresses: ['10.0.0.2'] },
      want: '404 AddressesNotFound',
    },
    { name: 'no address', action: 'add_addresses', given: { addresses: ['x'] }, want: '400 HTTPBadRequest' },
    { name: 'another key', action: 'add_addresses', given: { names: [] }, want: '400 HTTPBadRequest' },
  ]) {
    it(`${action} with ${name} is refused: ${want}`, async () => {
      assert.equal(await api.refusal('p1', 'PUT', `${at}/${action}`, given), want);
    });
  }

  it('a group that a rule names stays', async () => {
    const security = await api.create('p1', 'security-groups', { security_group: {} });
    const rule = await api.create('p1', 'security-group-rules', {
      security_group_rule: {
        security_group_id: security.id,
        direction: 'ingress',
        remote_address_group_id: group.id,
      },
    });
    assert.equal(await api.refusal('p1', 'DELETE', at), '409 AddressGroupInUse');
    await api.remove('p1', `security-group-rules/${rule.id}`);
    await api.remove('p1', at);
  });

  it('another project neither sees nor changes it; an administrator does both', async () => {
    assert.equal(await api.refusal('p2', 'GET', at), '404 AddressGroupNotFound');
    const body = { addresses: ['10.9.0.0/16'] };
    assert.equal(await api.refusal('p2', 'PUT', `${at}/add_addresses`, body), '404 AddressGroupNotFound');
    await api.create('p1', 'rbac-policies', {
      rbac_policy: {
        object_type: 'address_group',
        object_id: group.id,
        action: 'access_as_shared',
        target_tenant: 'p2',
      },
    });
    assert.equal((await api.show('p2', at))['shared'], true);
    assert.equal(await api.refusal('p2', 'PUT', `${at}/add_addresses`, body), '403 PolicyNotAuthorized');
    await api.update('admin', `${at}/add_addresses`, body);
  });
});
