import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ApiRig, type Shown } from '../testing/index.ts';

const rulesOf = ({ security_group_rules: rules }: Shown): readonly Shown[] => rules as readonly Shown[];

describe('/v2.0/security-groups', () => {
  let api: ApiRig;
  let group: Shown;

  beforeEach(async () => {
    api = await ApiRig.open({ quotas: { security_group: 3, security_group_rule: 12 } });
    group = await api.create('p1', 'security-groups', { security_group: { name: 'web' } });
  });
  afterEach(() => api.close());

  const defaultGroup = async (who: string): Promise<Shown> => {
    const [found] = await api.list(who, 'security-groups?name=default');
    assert.ok(found !== undefined);
    return found;
  };
  const addRule = (values: object, who = 'p1'): Promise<Shown> =>
    api.create(who, 'security-group-rules', {
      security_group_rule: { security_group_id: group.id, direction: 'ingress', ...values },
    });
  const refusedRule = (values: object, who = 'p1'): Promise<string> =>
    api.refusal(who, 'POST', 'security-group-rules', {
      security_group_rule: { security_group_id: group.id, direction: 'ingress', ...values },
    });
  const makePort = async (values: object): Promise<Shown> => {
    const network = await api.create('p1', 'networks', { network: {} });
    return api.create('p1', 'ports', { port: { network_id: network.id, ...values } });
  };

  it('GET makes the default group of a project once, with four rules', async () => {
    const [only, ...others] = await api.list('p2', 'security-groups');
    assert.ok(only !== undefined);
    assert.deepEqual(others, []);
    assert.equal(only['name'], 'default');
    assert.equal(rulesOf(only).length, 4);
    assert.equal((await api.list('p2', 'security-groups')).length, 1);
    assert.equal((await api.list('p2', 'security-group-rules')).length, 4);
  });

  it('POST makes a group that lets everything out, beside the default one', async () => {
    assert.deepEqual(
      rulesOf(group).map((rule) => [rule['direction'], rule['ethertype'], rule['protocol']]),
      [
        ['egress', 'IPv4', null],
        ['egress', 'IPv6', null],
      ],
    );
    const names = (await api.list('p1', 'security-groups')).map(({ name }) => String(name));
    assert.deepEqual(new Set(names), new Set(['default', 'web']));
  });

  it('a project sees its own groups, an administrator all', async () => {
    assert.equal(await api.refusal('p2', 'GET', `security-groups/${group.id}`), '404 SecurityGroupNotFound');
    assert.equal((await api.show('admin', `security-groups/${group.id}`)).id, group.id);
  });

  it('a rule is shown in its group, whose revision it raises, and is gone with it', async () => {
    const rule = await addRule({ protocol: 'TCP', port_range_min: 80, port_range_max: '81' });
    assert.deepEqual([rule['protocol'], rule['port_range_min'], rule['port_range_max']], ['tcp', 80, 81]);
    const after = await api.show('p1', `security-groups/${group.id}`);
    assert.equal(after['revision_number'], Number(group['revision_number']) + 1);
    assert.ok(rulesOf(after).some(({ id }) => id === rule.id));
    await api.remove('p1', `security-group-rules/${rule.id}`);
    assert.equal(rulesOf(await api.show('p1', `security-groups/${group.id}`)).length, 2);
    await addRule({});
    await api.remove('p1', `security-groups/${group.id}`);
    assert.equal((await api.list('p1', 'security-group-rules')).length, 4);
  });

  it('a rule for a group goes when that group goes', async () => {
    const other = await api.create('p1', 'security-groups', { security_group: { name: 'db' } });
    await addRule({ remote_group_id: other.id });
    await api.remove('p1', `security-groups/${other.id}`);
    assert.equal(rulesOf(await api.show('p1', `security-groups/${group.id}`)).length, 2);
  });

  it('a rule of an administrator in a group is seen and removed by the owner of the group', async () => {
    const rule = await addRule({ protocol: 'udp' }, 'admin');
    assert.equal((await api.show('p1', `security-group-rules/${rule.id}`)).id, rule.id);
    await api.remove('p1', `security-group-rules/${rule.id}`);
  });

  it('normalized_cidr is the prefix that was meant', async () => {
    const rule = await addRule({ remote_ip_prefix: '10.1.2.3/16' });
    assert.deepEqual([rule['remote_ip_prefix'], rule['normalized_cidr']], ['10.1.2.3/16', '10.1.0.0/16']);
    const host = await addRule({ remote_ip_prefix: '10.1.2.3' });
    assert.equal(host['remote_ip_prefix'], '10.1.2.3/32');
  });

  it('the same rule in other words is refused', async () => {
    await addRule({ protocol: 'tcp', remote_ip_prefix: '0.0.0.0/0' });
    assert.equal(await refusedRule({ protocol: '6' }), '409 SecurityGroupRuleExists');
    await addRule({ protocol: 'icmp', ethertype: 'ipv6' });
    assert.equal(
      await refusedRule({ protocol: 'ipv6-icmp', ethertype: 'IPv6' }),
      '409 SecurityGroupRuleExists',
    );
  });

  for (const { name, given, want } of [
    { name: 'no such direction', given: { direction: 'up' }, want: '400 HTTPBadRequest' },
    { name: 'no such ethertype', given: { ethertype: 'ARP' }, want: '400 HTTPBadRequest' },
    {
      name: 'no such protocol',
      given: { protocol: 'nonesuch' },
      want: '400 SecurityGroupRuleInvalidProtocol',
    },
    {
      name: 'a number that is no protocol',
      given: { protocol: 256 },
      want: '400 SecurityGroupRuleInvalidProtocol',
    },
    {
      name: 'ports without protocol',
      given: { port_range_min: 1, port_range_max: 2 },
      want: '400 SecurityGroupProtocolRequiredWithPorts',
    },
    {
      name: 'ports in the wrong order',
      given: { protocol: 'tcp', port_range_min: 2, port_range_max: 1 },
      want: '400 SecurityGroupInvalidPortRange',
    },
    {
      name: 'half a range',
      given: { protocol: 'tcp', port_range_min: 2 },
      want: '400 SecurityGroupInvalidPortRange',
    },
    {
      name: 'port 0',
      given: { protocol: 'udp', port_range_min: 0, port_range_max: 1 },
      want: '400 SecurityGroupInvalidPortValue',
    },
    {
      name: 'no port',
      given: { protocol: 'udp', port_range_min: 70_000, port_range_max: 70_001 },
      want: '400 SecurityGroupInvalidPortValue',
    },
    {
      name: 'ports of a protocol without',
      given: { protocol: 'gre', port_range_min: 1, port_range_max: 2 },
      want: '400 SecurityGroupInvalidProtocolForPort',
    },
    {
      name: 'an ICMP type that is none',
      given: { protocol: 'icmp', port_range_min: 256 },
      want: '400 SecurityGroupInvalidIcmpValue',
    },
    {
      name: 'an ICMP code without type',
      given: { protocol: 'icmp', port_range_max: 1 },
      want: '400 SecurityGroupMissingIcmpType',
    },
    {
      name: 'a prefix of the other version',
      given: { ethertype: 'IPv6', remote_ip_prefix: '10.0.0.0/8' },
      want: '400 SecurityGroupRuleParameterConflict',
    },
    { name: 'no prefix', given: { remote_ip_prefix: '10.0.0/8' }, want: '400 InvalidCIDR' },
    {
      name: 'a protocol of IPv6 in IPv4',
      given: { protocol: 'ipv6-icmp' },
      want: '400 SecurityGroupEthertypeConflictWithProtocol',
    },
    {
      name: 'no such remote group',
      given: { remote_group_id: '00000000-0000-0000-0000-000000000000' },
      want: '404 SecurityGroupNotFound',
    },
    {
      name: 'no such address group',
      given: { remote_address_group_id: '00000000-0000-0000-0000-000000000000' },
      want: '404 AddressGroupNotFound',
    },
    {
      name: 'two remotes',
      given: {
        remote_ip_prefix: '10.0.0.0/8',
        remote_group_id: '00000000-0000-0000-0000-000000000000',
      },
      want: '400 SecurityGroupMultipleRemoteEntites',
    },
  ]) {
    it(`a rule with ${name} is refused: ${want}`, async () => {
      assert.equal(await refusedRule(given), want);
    });
  }

  it('nobody adds a rule to a group that he cannot see', async () => {
    assert.equal(await refusedRule({}, 'p2'), '404 SecurityGroupNotFound');
  });

  it('the default group keeps its name, and goes only by an administrator', async () => {
    const { id } = await defaultGroup('p1');
    const at = `security-groups/${id}`;
    assert.equal(
      await api.refusal('p1', 'PUT', at, { security_group: { name: 'x' } }),
      '409 SecurityGroupCannotUpdateDefault',
    );
    const changed = await api.update('p1', at, { security_group: { description: 'ours' } });
    assert.equal(changed['description'], 'ours');
    assert.equal(await api.refusal('p1', 'DELETE', at), '409 SecurityGroupCannotRemoveDefault');
    assert.equal(
      await api.refusal('p1', 'POST', 'security-groups', { security_group: { name: 'Default' } }),
      '409 SecurityGroupDefaultAlreadyExists',
    );
    await api.remove('admin', at);
    assert.notEqual((await defaultGroup('p1')).id, id);
  });

  it('a group that a port has stays, and keeps its state', async () => {
    const port = await makePort({ security_groups: [group.id] });
    const at = `security-groups/${group.id}`;
    assert.equal(await api.refusal('p1', 'DELETE', at), '409 SecurityGroupInUse');
    assert.equal(
      await api.refusal('p1', 'PUT', at, { security_group: { stateful: false } }),
      '409 SecurityGroupInUse',
    );
    await api.remove('p1', `ports/${port.id}`);
    assert.equal((await api.update('p1', at, { security_group: { stateful: false } }))['stateful'], false);
    await api.remove('p1', at);
  });

  it('a port cannot have the group of another project', async () => {
    const other = await defaultGroup('p2');
    const network = await api.create('p1', 'networks', { network: {} });
    assert.equal(
      await api.refusal('p1', 'POST', 'ports', {
        port: { network_id: network.id, security_groups: [other.id] },
      }),
      '404 SecurityGroupNotFound',
    );
  });

  it('quotas count groups and rules, those that come by themselves as well', async () => {
    // Six rules of two groups: the default one, and this.
    for (let port = 1; port <= 6; port += 1)
      await addRule({ protocol: 'tcp', port_range_min: port, port_range_max: port });
    assert.equal(await refusedRule({}), '409 OverQuota');
    await api.create('p1', 'security-groups', { security_group: {} });
    assert.equal(await api.refusal('p1', 'POST', 'security-groups', { security_group: {} }), '409 OverQuota');
    await api.remove('p1', `security-groups/${group.id}`);
    group = await api.create('p1', 'security-groups', { security_group: {} });
    await addRule({});
  });
});

describe('security_group_policy: strict', () => {
  let api: ApiRig;
  let network: Shown;
  let web: Shown;

  beforeEach(async () => {
    api = await ApiRig.open({ securityGroupPolicy: 'strict' });
    network = await api.create('p1', 'networks', { network: {} });
    web = await api.create('p1', 'security-groups', { security_group: { name: 'web' } });
  });
  afterEach(() => api.close());

  const direct = (values: object) => ({
    port: { network_id: network.id, 'binding:vnic_type': 'direct', ...values },
  });

  it('a direct port has the default group as it was made, and no other', async () => {
    assert.equal(
      await api.refusal('p1', 'POST', 'ports', direct({ security_groups: [web.id] })),
      '409 Conflict',
    );
    const port = await api.create('p1', 'ports', direct({}));
    assert.equal(
      await api.refusal('p1', 'PUT', `ports/${port.id}`, { port: { security_groups: [web.id] } }),
      '409 Conflict',
    );
    await api.create('p1', 'ports', direct({ port_security_enabled: false }));
    await api.create('p1', 'ports', direct({ 'binding:vnic_type': 'normal', security_groups: [web.id] }));
  });

  it('the default group of a direct port keeps its rules', async () => {
    const [group] = (await api.create('p1', 'ports', direct({})))['security_groups'] as readonly string[];
    const rule = { security_group_rule: { security_group_id: group, direction: 'ingress' } };
    assert.equal(await api.refusal('p1', 'POST', 'security-group-rules', rule), '409 Conflict');
    const [first] = await api.list('p1', `security-group-rules?security_group_id=${group}`);
    assert.equal(await api.refusal('p1', 'DELETE', `security-group-rules/${first?.id}`), '409 Conflict');
  });

  it('changed rules of the default group are refused when a direct port comes', async () => {
    const [group] = await api.list('p1', 'security-groups?name=default');
    await api.create('p1', 'security-group-rules', {
      security_group_rule: { security_group_id: group?.id, direction: 'ingress' },
    });
    assert.equal(await api.refusal('p1', 'POST', 'ports', direct({})), '409 Conflict');
  });

  it('an address pair of a direct port has its own MAC', async () => {
    const pair = { ip_address: '10.0.0.0/8' };
    await api.create('p1', 'ports', direct({ allowed_address_pairs: [pair] }));
    const other = { ...pair, mac_address: '02:00:00:00:00:01' };
    assert.equal(
      await api.refusal('p1', 'POST', 'ports', direct({ allowed_address_pairs: [other] })),
      '409 Conflict',
    );
  });
});
