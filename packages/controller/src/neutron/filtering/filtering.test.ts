import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { DesiredPort } from '@virtfn/contract/agent-link';
import type { PortFilter } from '@virtfn/model';
import { recordedHost } from '../replay/index.ts';
import { NeutronRig } from '../testing/index.ts';

// compute1 filters packets, compute2 does not.
async function openRig(settings: Parameters<typeof NeutronRig.start>[0] = {}): Promise<NeutronRig> {
  const rig = await NeutronRig.start(settings);
  await rig.controller.report({ ...recordedHost('compute1'), canFilter: true });
  await rig.controller.report({ ...recordedHost('compute2'), canFilter: false });
  return rig;
}

describe('security groups of a port that its host filters', () => {
  let rig: NeutronRig;
  let networkId: string;

  beforeEach(async () => {
    rig = await openRig();
    networkId = (
      await rig.make('networks', 'network', {
        'provider:network_type': 'vlan',
        'provider:physical_network': 'physnet1',
      })
    ).id;
    await rig.make('subnets', 'subnet', { network_id: networkId, ip_version: 4, cidr: '10.0.0.0/24' });
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const makeGroup = async (name: string) =>
    (await rig.make('security-groups', 'security_group', { name })).id;
  const addRule = async (groupId: string, values: object) =>
    (
      await rig.make('security-group-rules', 'security_group_rule', {
        security_group_id: groupId,
        direction: 'ingress',
        ...values,
      })
    ).id;
  const makePort = (values: object) =>
    rig.make('ports', 'port', {
      network_id: networkId,
      'binding:vnic_type': 'macvtap',
      'binding:host_id': 'compute1',
      ...values,
    });
  const desiredOf = async (portId: string, host = 'compute1'): Promise<DesiredPort> => {
    const desired = await rig.desired(host, portId);
    assert.ok(desired !== undefined);
    return desired;
  };
  const filterOf = async (portId: string): Promise<PortFilter> => {
    const { filter } = await desiredOf(portId);
    assert.ok(filter !== undefined && filter !== null);
    return filter;
  };
  /** Rules towards the machine, in few words. */
  const ingressOf = async (portId: string): Promise<readonly unknown[]> =>
    (await filterOf(portId)).rules
      .filter(({ direction }) => direction === 'ingress')
      .map(({ ethertype, match, remotes }) => [ethertype, match, remotes]);

  it('are told to the host that filters macvtap ports, and said in vif_details', async () => {
    const group = await makeGroup('web');
    await addRule(group, {
      protocol: 'tcp',
      port_range_min: 80,
      port_range_max: 81,
      remote_ip_prefix: '192.0.2.77/24',
    });
    await addRule(group, { protocol: 'icmp', port_range_min: 8, port_range_max: 0 });
    await addRule(group, { protocol: 'gre', remote_ip_prefix: '0.0.0.0/0' });
    await addRule(group, { ethertype: 'IPv6', protocol: 'icmpv6' });
    const port = await makePort({
      security_groups: [group],
      mac_address: '52:54:00:00:00:01',
      fixed_ips: [{ ip_address: '10.0.0.5' }],
      allowed_address_pairs: [
        { ip_address: '10.9.0.0/16' },
        { ip_address: '10.0.0.9', mac_address: '52:54:00:00:00:02' },
      ],
    });
    assert.equal((port['binding:vif_details'] as { port_filter: boolean }).port_filter, true);
    assert.deepEqual(await ingressOf(port.id), [
      ['IPv4', { kind: 'icmp', type: 8, code: 0 }, null],
      ['IPv4', { kind: 'protocol', protocol: 47, ports: null }, null],
      ['IPv4', { kind: 'protocol', protocol: 6, ports: { first: 80, last: 81 } }, ['192.0.2.0/24']],
      ['IPv6', { kind: 'icmp', type: null, code: null }, null],
    ]);
    const { sources, rules } = await filterOf(port.id);
    assert.deepEqual(sources, [
      { mac: '52:54:00:00:00:01', prefix: '10.0.0.5/32' },
      { mac: '52:54:00:00:00:01', prefix: '10.9.0.0/16' },
      { mac: '52:54:00:00:00:01', prefix: 'fe80::5054:ff:fe00:1/128' },
      { mac: '52:54:00:00:00:02', prefix: '10.0.0.9/32' },
      { mac: '52:54:00:00:00:02', prefix: 'fe80::5054:ff:fe00:2/128' },
    ]);
    assert.ok(rules.every(({ isStateful }) => isStateful));
  });

  for (const { name, values, host } of [
    {
      name: 'a VF that the machine drives itself',
      values: { 'binding:vnic_type': 'direct' },
      host: 'compute1',
    },
    { name: 'a host that cannot filter', values: { 'binding:host_id': 'compute2' }, host: 'compute2' },
    { name: 'a port without port security', values: { port_security_enabled: false }, host: 'compute1' },
  ])
    it(`are not told for ${name}`, async () => {
      const port = await makePort(values);
      assert.equal((await desiredOf(port.id, host)).filter, null);
      if (!('port_security_enabled' in values))
        assert.equal((port['binding:vif_details'] as { port_filter: boolean }).port_filter, false);
    });

  it('are told anew when a rule comes or goes', async () => {
    const group = await makeGroup('web');
    const port = await makePort({ security_groups: [group] });
    assert.deepEqual(await ingressOf(port.id), []);
    const rule = await addRule(group, { protocol: 'tcp', port_range_min: 22, port_range_max: 22 });
    assert.equal((await ingressOf(port.id)).length, 1);
    await rig.delete(`security-group-rules/${rule}`);
    assert.deepEqual(await ingressOf(port.id), []);
  });

  it('are told anew when a group that a rule names has other members, or those other addresses', async () => {
    const [web, db] = [await makeGroup('web'), await makeGroup('db')];
    const port = await makePort({ security_groups: [db] });
    await addRule(db, { remote_group_id: web });
    const remotes = async () =>
      (await ingressOf(port.id)).flatMap((rule) => (rule as [string, null, string[]])[2]);
    assert.deepEqual(await remotes(), []);
    const other = await makePort({
      'binding:vnic_type': 'normal',
      'binding:host_id': '',
      security_groups: [web],
      fixed_ips: [{ ip_address: '10.0.0.20' }],
    });
    assert.deepEqual(await remotes(), ['10.0.0.20/32']);
    await rig.put(`ports/${other.id}`, { port: { fixed_ips: [{ ip_address: '10.0.0.21' }] } });
    assert.deepEqual(await remotes(), ['10.0.0.21/32']);
    await rig.put(`ports/${other.id}`, { port: { allowed_address_pairs: [{ ip_address: '10.8.0.0/24' }] } });
    assert.deepEqual(await remotes(), ['10.0.0.21/32', '10.8.0.0/24']);
    await rig.delete(`ports/${other.id}`);
    assert.deepEqual(await remotes(), []);
  });

  it('are told anew when an address group that a rule names has other prefixes', async () => {
    const addresses = await rig.make('address-groups', 'address_group', {
      addresses: ['192.0.2.0/24', '2001:db8::/32'],
    });
    const group = await makeGroup('web');
    await addRule(group, { remote_address_group_id: addresses.id });
    const port = await makePort({ security_groups: [group] });
    assert.deepEqual(await ingressOf(port.id), [['IPv4', null, ['192.0.2.0/24']]]);
    await rig.put(`address-groups/${addresses.id}/add_addresses`, { addresses: ['198.51.100.0/24'] });
    assert.deepEqual(await ingressOf(port.id), [['IPv4', null, ['192.0.2.0/24', '198.51.100.0/24']]]);
    await rig.put(`address-groups/${addresses.id}/remove_addresses`, { addresses: ['192.0.2.0/24'] });
    assert.deepEqual(await ingressOf(port.id), [['IPv4', null, ['198.51.100.0/24']]]);
  });

  it('are told anew when the port has other groups or addresses, or no security', async () => {
    const [web, db] = [await makeGroup('web'), await makeGroup('db')];
    await addRule(db, { protocol: 'tcp' });
    const port = await makePort({ security_groups: [web], fixed_ips: [{ ip_address: '10.0.0.5' }] });
    await rig.put(`ports/${port.id}`, { port: { security_groups: [db] } });
    assert.equal((await ingressOf(port.id)).length, 1);
    await rig.put(`ports/${port.id}`, { port: { fixed_ips: [{ ip_address: '10.0.0.6' }] } });
    assert.equal((await filterOf(port.id)).sources[0]?.prefix, '10.0.0.6/32');
    await rig.put(`ports/${port.id}`, { port: { security_groups: [], port_security_enabled: false } });
    assert.equal((await desiredOf(port.id)).filter, null);
    await rig.put(`ports/${port.id}`, { port: { security_groups: [web], port_security_enabled: true } });
    assert.deepEqual(await ingressOf(port.id), []);
  });

  it('leave no trace with the host when nothing changes for it', async () => {
    const [web, db] = [await makeGroup('web'), await makeGroup('db')];
    await makePort({ security_groups: [web] });
    const told = () =>
      rig.store.read('list what hosts shall have', (store) =>
        store.selectFrom('desired_port').select(['attachment_id', 'revision']).execute(),
      );
    const before = await told();
    assert.equal(before.length, 1);
    await makePort({ 'binding:vnic_type': 'normal', 'binding:host_id': '', security_groups: [db] });
    assert.deepEqual(await told(), before);
  });
});

describe('security groups of a macvtap port under the policy strict', () => {
  it('bind it to a host that filters, and to no other, and port explain says so', async () => {
    await using rig = await openRig({ securityGroupPolicy: 'strict' });
    const network = await rig.make('networks', 'network', {
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
    });
    const group = await rig.make('security-groups', 'security_group', { name: 'web' });
    const wished = {
      network_id: network.id,
      'binding:vnic_type': 'macvtap',
      security_groups: [group.id],
    };
    const port = await rig.make('ports', 'port', wished);
    const bound = async (host: string) => {
      await rig.put(`ports/${port.id}`, { port: { 'binding:host_id': host } });
      return (await rig.show(`ports/${port.id}`))['binding:vif_type'];
    };
    assert.equal(await bound('compute2'), 'binding_failed');
    assert.equal(await bound('compute1'), 'hw_veb');
    await bound('');
    const explain = async (host: string) => {
      const answer = await rig.controller.server.inject({
        method: 'POST',
        url: `/virtfn/v1/ports/${port.id}/explain`,
        payload: { hostId: host },
      });
      assert.equal(answer.statusCode, 200, answer.body);
      return JSON.parse(answer.body) as {
        security: { enforcedBy: string };
        hosts: { reasons: { code: string }[] }[];
      };
    };
    assert.equal((await explain('compute1')).security.enforcedBy, 'host');
    const refused = await explain('compute2');
    assert.equal(refused.security.enforcedBy, 'card');
    assert.ok(
      refused.hosts[0]?.reasons.every(({ code }) => code === 'no-filter' || code === 'physical-network'),
    );
  });
});
