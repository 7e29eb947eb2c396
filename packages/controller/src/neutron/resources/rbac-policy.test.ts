import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ApiRig, type Shown } from '../testing/index.ts';

describe('/v2.0/rbac-policies', () => {
  let api: ApiRig;
  let network: Shown;

  beforeEach(async () => {
    api = await ApiRig.open();
    network = await api.create('p1', 'networks', { network: {} });
  });
  afterEach(() => api.close());

  const policyFor = (target: string, object: Shown = network, type = 'network') => ({
    rbac_policy: {
      object_type: type,
      object_id: object.id,
      action: 'access_as_shared',
      target_tenant: target,
    },
  });

  it('a network and its subnets are shown to the project that a policy names, as long as it is there', async () => {
    const subnet = { subnet: { network_id: network.id, cidr: '10.0.0.0/24' } };
    const { id: before } = await api.create('p1', 'subnets', subnet);
    const policy = await api.create('p1', 'rbac-policies', policyFor('p2'));
    assert.equal(policy['target_project'], 'p2');
    const { id: after } = await api.create('p1', 'subnets', {
      subnet: { network_id: network.id, cidr: '10.0.1.0/24' },
    });
    assert.equal((await api.show('p2', `networks/${network.id}`))['shared'], true);
    assert.equal((await api.show('p1', `networks/${network.id}`))['shared'], false);
    assert.deepEqual(
      new Set((await api.list('p2', 'subnets')).map(({ id }) => id)),
      new Set([before, after]),
    );
    assert.equal(await api.refusal('p3', 'GET', `networks/${network.id}`), '404 NetworkNotFound');
    await api.remove('p1', `rbac-policies/${policy.id}`);
    assert.deepEqual(await api.list('p2', 'networks'), []);
    assert.deepEqual(await api.list('p2', 'subnets'), []);
  });

  it('a policy for all is the attribute `shared`, and the other way round', async () => {
    const policy = await api.create('admin', 'rbac-policies', policyFor('*'));
    assert.equal((await api.show('p1', `networks/${network.id}`))['shared'], true);
    assert.equal((await api.list('p3', 'networks')).length, 1);
    await api.remove('admin', `rbac-policies/${policy.id}`);
    assert.equal((await api.show('p1', `networks/${network.id}`))['shared'], false);
    await api.update('admin', `networks/${network.id}`, { network: { shared: true } });
    const [own] = await api.list('p1', 'rbac-policies');
    assert.deepEqual([own?.['target_tenant'], own?.['object_type']], ['*', 'network']);
  });

  it('only administrators show something to all', async () => {
    assert.equal(await api.refusal('p1', 'POST', 'rbac-policies', policyFor('*')), '403 PolicyNotAuthorized');
    const { id } = await api.create('p1', 'rbac-policies', policyFor('p2'));
    assert.equal(
      await api.refusal('p1', 'PUT', `rbac-policies/${id}`, { rbac_policy: { target_tenant: '*' } }),
      '403 PolicyNotAuthorized',
    );
  });

  it('PUT moves what is shown to another project', async () => {
    const { id } = await api.create('p1', 'rbac-policies', policyFor('p2'));
    await api.update('p1', `rbac-policies/${id}`, { rbac_policy: { target_project: 'p3' } });
    assert.equal((await api.list('p2', 'networks')).length, 0);
    assert.equal((await api.list('p3', 'networks')).length, 1);
  });

  it('a policy stays while its project uses the object', async () => {
    const { id } = await api.create('p1', 'rbac-policies', policyFor('p2'));
    const port = await api.create('p2', 'ports', { port: { network_id: network.id } });
    const at = `rbac-policies/${id}`;
    assert.equal(await api.refusal('p1', 'DELETE', at), '409 RbacPolicyInUse');
    assert.equal(
      await api.refusal('p1', 'PUT', at, { rbac_policy: { target_tenant: 'p3' } }),
      '409 RbacPolicyInUse',
    );
    await api.update('admin', `networks/${network.id}`, { network: { shared: true } });
    await api.remove('p1', at);
    assert.equal(
      await api.refusal('admin', 'PUT', `networks/${network.id}`, { network: { shared: false } }),
      '409 InvalidSharedSetting',
    );
    await api.remove('p2', `ports/${port.id}`);
    await api.update('admin', `networks/${network.id}`, { network: { shared: false } });
  });

  it('the same twice, what is not there and what is somebody else’s are refused', async () => {
    await api.create('p1', 'rbac-policies', policyFor('p2'));
    const post = (who: string, body: { readonly rbac_policy: object }): Promise<string> =>
      api.refusal(who, 'POST', 'rbac-policies', body);
    assert.equal(await post('p1', policyFor('p2')), '409 DuplicateRbacPolicy');
    assert.equal(await post('p2', policyFor('p3')), '400 InvalidInput');
    assert.equal(await post('p1', policyFor('p2', network, 'port')), '400 InvalidInput');
    assert.equal(await post('p1', policyFor('p2', network, 'subnetpool')), '404 SubnetPoolNotFound');
    const { rbac_policy: values } = policyFor('p2');
    assert.equal(
      await post('p1', { rbac_policy: { ...values, action: 'access_as_external' } }),
      '400 InvalidInput',
    );
  });

  it('a member sees the policies of his project only', async () => {
    const { id } = await api.create('p1', 'rbac-policies', policyFor('p2'));
    assert.deepEqual(await api.list('p2', 'rbac-policies'), []);
    assert.equal(await api.refusal('p2', 'DELETE', `rbac-policies/${id}`), '404 RbacPolicyNotFound');
    assert.equal((await api.list('admin', 'rbac-policies')).length, 1);
  });

  for (const { type, at, envelope, values } of [
    { type: 'security_group', at: 'security-groups', envelope: 'security_group', values: {} },
    { type: 'address_scope', at: 'address-scopes', envelope: 'address_scope', values: { ip_version: 4 } },
    {
      type: 'subnetpool',
      at: 'subnetpools',
      envelope: 'subnetpool',
      values: { name: 'pool', prefixes: ['10.0.0.0/8'] },
    },
    { type: 'qos_policy', at: 'qos/policies', envelope: 'policy', values: { name: 'gold' } },
  ]) {
    it(`an object of type ${type} is shown to another project, and its policy goes with it`, async () => {
      const object = await api.create('admin', at, { [envelope]: values });
      await api.create('admin', 'rbac-policies', policyFor('p2', object, type));
      assert.equal((await api.show('p2', `${at}/${object.id}`))['shared'], true);
      await api.remove('admin', `${at}/${object.id}`);
      assert.deepEqual(await api.list('admin', 'rbac-policies'), []);
    });
  }
});
