import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { member, NeutronRig } from '../testing/index.ts';

const OWNER = member('blue');

describe('how many addresses networks have', () => {
  let rig: NeutronRig;
  let netId: string;
  beforeEach(async () => {
    rig = await NeutronRig.start({}, []);
    netId = (await rig.make('networks', 'network', { name: 'net' }, OWNER)).id;
    await rig.make('networks', 'network', { name: 'bare' });
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const subnet = (values: object) =>
    rig.make('subnets', 'subnet', { network_id: netId, ip_version: 4, ...values }, OWNER);
  const port = (values: object = {}) => rig.make('ports', 'port', { network_id: netId, ...values }, OWNER);

  it('counts the pools, and all that ports have', async () => {
    const { id } = await subnet({
      name: 'sub',
      cidr: '10.0.0.0/24',
      allocation_pools: [
        { start: '10.0.0.10', end: '10.0.0.19' },
        { start: '10.0.0.30', end: '10.0.0.34' },
      ],
    });
    await port();
    // Outside of the pools.
    const outside = await port({ fixed_ips: [{ subnet_id: id, ip_address: '10.0.0.200' }] });
    const inside = {
      subnet_id: id,
      ip_version: 4,
      cidr: '10.0.0.0/24',
      subnet_name: 'sub',
      used_ips: 2,
      total_ips: 15,
    };
    const whole = {
      network_id: netId,
      network_name: 'net',
      tenant_id: 'blue',
      project_id: 'blue',
      subnet_ip_availability: [inside],
      used_ips: 2,
      total_ips: 15,
    };
    const at = `network-ip-availabilities/${netId}`;
    assert.deepEqual((await rig.get(at)).body, { network_ip_availability: whole });
    await rig.delete(`ports/${outside.id}`);
    assert.equal((await rig.show(at))['used_ips'], 1);
  });

  it('counts a prefix of IPv6 to the last digit', async () => {
    await subnet({ ip_version: 6, cidr: '2001:db8::/64', gateway_ip: null });
    const answer = await rig.controller.server.inject({ url: `/v2.0/network-ip-availabilities/${netId}` });
    // All but the first, which is the routers' anycast address.
    assert.match(answer.body, /"total_ips":\s*18446744073709551615\b/);
  });

  const lists: readonly { name: string; query: string; want: readonly (readonly [string, number])[] }[] = [
    {
      name: 'all networks',
      query: '',
      want: [
        ['bare', 0],
        ['net', 2],
      ],
    },
    { name: 'a network by its name', query: 'network_name=net', want: [['net', 2]] },
    { name: 'networks of a project', query: 'project_id=admin-project', want: [['bare', 0]] },
    { name: 'what networks have of one version', query: 'ip_version=6', want: [['net', 1]] },
    { name: 'networks of another project', query: 'tenant_id=green', want: [] },
  ];
  for (const { name, query, want } of lists) {
    it(`lists ${name}`, async () => {
      await subnet({ cidr: '10.0.0.0/24' });
      await subnet({ ip_version: 6, cidr: '2001:db8::/64' });
      const found = (await rig.list(`network-ip-availabilities?${query}`)).map(
        ({ network_name: network, subnet_ip_availability: subnets }) =>
          [network, Array.isArray(subnets) ? subnets.length : null] as const,
      );
      assert.deepEqual(
        found.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
        want,
      );
    });
  }

  it('is for administrators', async () => {
    await rig.refused(rig.get(`network-ip-availabilities/${netId}`, OWNER), 404, 'NetworkNotFound');
    assert.deepEqual(await rig.list('network-ip-availabilities', OWNER), []);
    await rig.refused(rig.get('network-ip-availabilities?cidr=x'), 400, 'HTTPBadRequest');
  });
});
