import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ApiRig, type Shown } from '../testing/index.ts';

describe('/v2.0/subnetpools', () => {
  let api: ApiRig;

  beforeEach(async () => {
    api = await ApiRig.open();
  });
  afterEach(() => api.close());

  const makePool = (values: object, who = 'p1'): Promise<Shown> =>
    api.create(who, 'subnetpools', { subnetpool: { name: 'pool', prefixes: ['10.0.0.0/16'], ...values } });
  const refusedPool = (values: object, who = 'p1'): Promise<string> =>
    api.refusal(who, 'POST', 'subnetpools', {
      subnetpool: { name: 'pool', prefixes: ['10.0.0.0/16'], ...values },
    });
  const makeScope = (values: object, who = 'p1'): Promise<Shown> =>
    api.create(who, 'address-scopes', { address_scope: { ip_version: 4, ...values } });
  const makeSubnet = async (pool: Shown, values: object = {}): Promise<Shown> => {
    const network = await api.create('p1', 'networks', { network: {} });
    return api.create('p1', 'subnets', {
      subnet: { network_id: network.id, subnetpool_id: pool.id, prefixlen: 24, ...values },
    });
  };

  it('prefixes are joined, lengths have Neutron’s defaults', async () => {
    const pool = await makePool({ prefixes: ['10.0.0.0/25', '10.0.0.128/25', '10.0.0.7/32'] });
    assert.deepEqual(pool['prefixes'], ['10.0.0.0/24']);
    assert.deepEqual(
      [pool['ip_version'], pool['min_prefixlen'], pool['max_prefixlen'], pool['default_prefixlen']],
      [4, 8, 32, 8],
    );
  });

  for (const { name, given, want } of [
    { name: 'no prefixes', given: { prefixes: [] }, want: '400 EmptySubnetPoolPrefixList' },
    {
      name: 'prefixes of both versions',
      given: { prefixes: ['10.0.0.0/8', 'fd00::/8'] },
      want: '400 PrefixVersionMismatch',
    },
    {
      name: 'a least length behind the most',
      given: { min_prefixlen: 24, max_prefixlen: 20 },
      want: '400 IllegalSubnetPoolPrefixBounds',
    },
    {
      name: 'a length that IPv4 has not',
      given: { max_prefixlen: 64 },
      want: '400 IllegalSubnetPoolPrefixBounds',
    },
    {
      name: 'a usual length outside',
      given: { min_prefixlen: 16, default_prefixlen: 12 },
      want: '400 IllegalSubnetPoolPrefixBounds',
    },
    { name: '`shared` of a member', given: { shared: true }, want: '403 PolicyNotAuthorized' },
    { name: '`is_default` of a member', given: { is_default: true }, want: '403 PolicyNotAuthorized' },
    {
      name: 'no such address scope',
      given: { address_scope_id: '00000000-0000-0000-0000-000000000000' },
      want: '404 AddressScopeNotFound',
    },
  ]) {
    it(`a pool with ${name} is refused: ${want}`, async () => {
      assert.equal(await refusedPool(given), want);
    });
  }

  it('one pool of a version is the default, and serves who asks for it', async () => {
    const pool = await makePool({ is_default: true, shared: true }, 'admin');
    assert.equal(await refusedPool({ is_default: true }, 'admin'), '400 InvalidInput');
    const network = await api.create('p1', 'networks', { network: {} });
    const subnet = await api.create('p1', 'subnets', {
      subnet: { network_id: network.id, use_default_subnetpool: true, prefixlen: 20 },
    });
    assert.deepEqual([subnet['subnetpool_id'], subnet['cidr']], [pool.id, '10.0.0.0/20']);
    assert.equal((await api.show('p1', `subnetpools/${pool.id}`))['shared'], true);
  });

  it('prefixes are added; those of subnets stay, and so does their pool', async () => {
    const pool = await makePool({});
    const at = `subnetpools/${pool.id}`;
    const subnet = await makeSubnet(pool);
    const added = await api.ask('p1', 'PUT', `${at}/add_prefixes`, { prefixes: ['10.1.0.0/16'] });
    assert.deepEqual(added, { status: 200, body: { prefixes: ['10.0.0.0/15'] } });
    const remove = { prefixes: ['10.0.0.0/24'] };
    assert.equal(
      await api.refusal('p1', 'PUT', `${at}/remove_prefixes`, remove),
      '400 IllegalSubnetPoolPrefixUpdate',
    );
    assert.equal(
      await api.refusal('p1', 'PUT', at, { subnetpool: { prefixes: ['10.1.0.0/16'] } }),
      '400 IllegalSubnetPoolPrefixUpdate',
    );
    assert.equal(await api.refusal('p1', 'DELETE', at), '400 SubnetPoolDeleteError');
    await api.remove('p1', `subnets/${subnet.id}`);
    const left = await api.ask('p1', 'PUT', `${at}/remove_prefixes`, { prefixes: ['10.0.0.0/16'] });
    assert.deepEqual(left.body, { prefixes: ['10.1.0.0/16'] });
    await api.remove('p1', at);
  });

  it('what one project may have of a pool is limited, in addresses', async () => {
    const pool = await makePool({ default_quota: 300 });
    await makeSubnet(pool);
    const network = await api.create('p1', 'networks', { network: {} });
    const body = { subnet: { network_id: network.id, subnetpool_id: pool.id, prefixlen: 24 } };
    assert.equal(await api.refusal('p1', 'POST', 'subnets', body), '409 SubnetPoolQuotaExceeded');
  });

  it('subnets of a network are of one pool', async () => {
    const subnet = await makeSubnet(await makePool({}));
    const body = { subnet: { network_id: subnet['network_id'], cidr: '192.168.0.0/24' } };
    assert.equal(await api.refusal('p1', 'POST', 'subnets', body), '400 NetworkSubnetPoolAffinityError');
  });

  it('pools of an address scope do not overlap', async () => {
    const scope = await makeScope({});
    await makePool({ address_scope_id: scope.id });
    assert.equal(
      await refusedPool({ address_scope_id: scope.id, prefixes: ['10.0.4.0/24'] }),
      '409 AddressScopePrefixConflict',
    );
    const other = await makePool({ address_scope_id: scope.id, prefixes: ['10.1.0.0/16'] });
    assert.equal(
      await api.refusal('p1', 'PUT', `subnetpools/${other.id}/add_prefixes`, {
        prefixes: ['10.0.1.0/24'],
      }),
      '409 AddressScopePrefixConflict',
    );
    assert.equal(await api.refusal('p1', 'DELETE', `address-scopes/${scope.id}`), '409 AddressScopeInUse');
  });

  it('a pool is of a scope of its version, that its project sees', async () => {
    const six = await makeScope({ ip_version: 6 });
    assert.equal(
      await refusedPool({ address_scope_id: six.id }),
      '400 IllegalSubnetPoolIpVersionAssociationToAddressScope',
    );
    const foreign = await makeScope({}, 'p2');
    assert.equal(
      await refusedPool({ address_scope_id: foreign.id }),
      '400 IllegalSubnetPoolAssociationToAddressScope',
    );
    const shared = await makeScope({ shared: true }, 'admin');
    const pool = await makePool({ address_scope_id: shared.id });
    assert.equal(
      await api.refusal('p1', 'PUT', `subnetpools/${pool.id}`, { subnetpool: { name: 'x' } }),
      '400 IllegalSubnetPoolUpdate',
    );
    assert.equal(
      await api.refusal('admin', 'PUT', `address-scopes/${shared.id}`, {
        address_scope: { shared: false },
      }),
      '400 AddressScopeUpdateError',
    );
  });

  it('a network shows the address scope of its subnets’ pool', async () => {
    const scope = await makeScope({});
    const pool = await makePool({ address_scope_id: scope.id });
    const subnet = await makeSubnet(pool);
    const scopeOfNetwork = async (): Promise<unknown> =>
      (await api.show('p1', `networks/${String(subnet['network_id'])}`))['ipv4_address_scope'];
    assert.equal(await scopeOfNetwork(), scope.id);
    const at = `subnetpools/${pool.id}`;
    await api.update('p1', at, { subnetpool: { address_scope_id: null } });
    assert.equal(await scopeOfNetwork(), null);
    await api.update('p1', at, { subnetpool: { address_scope_id: scope.id } });
    assert.equal(await scopeOfNetwork(), scope.id);
    await api.remove('p1', `subnets/${subnet.id}`);
    assert.equal(await scopeOfNetwork(), null);
  });
});
