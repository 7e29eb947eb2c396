import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ADMIN, member, NeutronRig } from '../testing/index.ts';

const OWNER = member('blue');

describe('policies of quality of service', () => {
  let rig: NeutronRig;
  beforeEach(async () => {
    rig = await NeutronRig.start();
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const policy = (values: object = {}, asker = ADMIN) =>
    rig.make('qos/policies', 'policy', { name: 'gold', ...values }, asker);
  const network = (values: object = {}, asker = ADMIN) =>
    rig.make('networks', 'network', { ...values }, asker);
  const limit = (policyId: string, values: object = {}) =>
    rig.make(`qos/policies/${policyId}/bandwidth_limit_rules`, 'bandwidth_limit_rule', {
      max_kbps: 5000,
      ...values,
    });
  const guarantee = (policyId: string, kbps: number) =>
    rig.make(`qos/policies/${policyId}/minimum_bandwidth_rules`, 'minimum_bandwidth_rule', {
      min_kbps: kbps,
    });
  const boundPort = (networkId: string, values: object = {}) =>
    rig.make('ports', 'port', {
      network_id: networkId,
      'binding:vnic_type': 'direct',
      'binding:host_id': 'compute1',
      ...values,
    });
  const ratesOf = async (portId: string) => (await rig.desired('compute1', portId))?.qos;

  it('shows the rules inside of their policy, and by their own paths', async () => {
    const { id } = await policy();
    const rule = await limit(id, { max_burst_kbps: 10 });
    const shown = { max_kbps: 5000, max_burst_kbps: 10, direction: 'egress', id: rule.id };
    assert.deepEqual(rule, shown);
    const inside = { ...shown, type: 'bandwidth_limit', qos_policy_id: id };
    const whole = await rig.show(`qos/policies/${id}`);
    assert.deepEqual(whole['rules'], [inside]);
    assert.equal(whole['revision_number'], 1);
    const path = `qos/policies/${id}/bandwidth_limit_rules`;
    assert.deepEqual((await rig.get(path)).body, { bandwidth_limit_rules: [shown] });
    assert.deepEqual((await rig.get(`${path}?max_kbps=4`)).body, { bandwidth_limit_rules: [] });
    assert.deepEqual((await rig.get(`${path}/${rule.id}?fields=max_kbps`)).body, {
      bandwidth_limit_rule: { max_kbps: 5000 },
    });
    const alias = `qos/alias-bandwidth-limit-rules/${rule.id}`;
    assert.deepEqual((await rig.get(alias)).body, { alias_bandwidth_limit_rule: shown });
    const changed = await rig.put(alias, { alias_bandwidth_limit_rule: { max_kbps: 7000 } });
    assert.deepEqual(changed.body, { alias_bandwidth_limit_rule: { ...shown, max_kbps: 7000 } });
    assert.equal((await rig.delete(alias)).status, 204);
    await rig.refused(rig.get(alias), 404, 'QosRuleNotFound');
    assert.deepEqual((await rig.show(`qos/policies/${id}`))['rules'], []);
  });

  const badRules: readonly { name: string; collection: string; given: object; type: string; says: RegExp }[] =
    [
      {
        name: 'no rate',
        collection: 'bandwidth_limit_rules',
        given: {},
        type: 'HTTPBadRequest',
        says: /Required attribute 'max_kbps' not specified/,
      },
      {
        name: 'a rate below nothing',
        collection: 'bandwidth_limit_rules',
        given: { max_kbps: -1 },
        type: 'HTTPBadRequest',
        says: /Invalid input for max_kbps\. Reason: '-1' is too small/,
      },
      {
        name: 'a third direction',
        collection: 'minimum_bandwidth_rules',
        given: { min_kbps: 1, direction: 'any' },
        type: 'HTTPBadRequest',
        says: /Invalid input for direction/,
      },
      {
        name: 'a mark that no RFC has',
        collection: 'dscp_marking_rules',
        given: { dscp_mark: 7 },
        type: 'HTTPBadRequest',
        says: /Invalid input for dscp_mark/,
      },
      {
        name: 'an attribute of another type of rule',
        collection: 'dscp_marking_rules',
        given: { dscp_mark: 8, max_kbps: 1 },
        type: 'HTTPBadRequest',
        says: /Unrecognized attribute\(s\) 'max_kbps'/,
      },
    ];
  for (const { name, collection, given, type, says } of badRules) {
    it(`refuses a rule with ${name}`, async () => {
      const { id } = await policy();
      const answer = rig.post(`qos/policies/${id}/${collection}`, { [collection.slice(0, -1)]: given });
      assert.match(await rig.refused(answer, 400, type), says);
    });
  }

  it('has one rule of each type in each direction, and no minimum above the limit', async () => {
    const { id } = await policy();
    const rule = await limit(id);
    await limit(id, { direction: 'ingress' });
    const limits = `qos/policies/${id}/bandwidth_limit_rules`;
    const minima = `qos/policies/${id}/minimum_bandwidth_rules`;
    assert.equal(
      await rig.refused(rig.post(limits, { bandwidth_limit_rule: { max_kbps: 1 } }), 409, 'QoSRulesConflict'),
      `Rule bandwidth_limit conflicts with rule ${rule.id} which already exists in QoS Policy ${id}.`,
    );
    assert.equal(
      await rig.refused(
        rig.post(minima, { minimum_bandwidth_rule: { min_kbps: 5001 } }),
        409,
        'QoSRuleParameterConflict',
      ),
      `Unable to add the rule with value 5001 to the policy ${id} as the existing rule of type bandwidth_limit restricts the bandwidth to 5000.`,
    );
    await guarantee(id, 5000);
    await rig.refused(
      rig.put(`${limits}/${rule.id}`, { bandwidth_limit_rule: { max_kbps: 4999 } }),
      409,
      'QoSRuleParameterConflict',
    );
  });

  it('is not to be deleted while a port or a network has it', async () => {
    const { id } = await policy();
    const net = await network({ qos_policy_id: id });
    const port = await rig.make('ports', 'port', { network_id: net.id, qos_policy_id: id });
    const remove = () => rig.delete(`qos/policies/${id}`);
    assert.equal(
      await rig.refused(remove(), 409, 'QosPolicyInUse'),
      `QoS Policy ${id} is used by port ${port.id}.`,
    );
    await rig.put(`ports/${port.id}`, { port: { qos_policy_id: null } });
    assert.equal(
      await rig.refused(remove(), 409, 'QosPolicyInUse'),
      `QoS Policy ${id} is used by network ${net.id}.`,
    );
    await rig.put(`networks/${net.id}`, { network: { qos_policy_id: null } });
    assert.equal((await remove()).status, 204);
    await rig.refused(rig.get(`qos/policies/${id}`), 404, 'QosPolicyNotFound');
  });

  it('is one by default in each project, for networks that name none', async () => {
    const mine = await policy({ is_default: true });
    const other = await policy({ name: 'silver' });
    assert.equal((await network())['qos_policy_id'], mine.id);
    assert.equal((await network({ qos_policy_id: other.id }))['qos_policy_id'], other.id);
    assert.equal((await network({}, OWNER))['qos_policy_id'], null);
    assert.equal(
      await rig.refused(
        rig.put(`qos/policies/${other.id}`, { policy: { is_default: true } }),
        409,
        'QoSPolicyDefaultAlreadyExists',
      ),
      'A default QoS policy exists for project admin-project.',
    );
    await policy({ is_default: true, project_id: 'blue' });
  });

  it('is made by administrators, seen by its project, and used by whoever sees it', async () => {
    const theirs = await policy({ project_id: 'blue' });
    const hidden = await policy();
    const shared = await policy({ shared: true });
    await limit(hidden.id);
    assert.deepEqual(
      new Set((await rig.list('qos/policies', OWNER)).map(({ id }) => id)),
      new Set([theirs.id, shared.id]),
    );
    assert.equal((await rig.show(`qos/policies/${shared.id}`, OWNER))['shared'], true);
    assert.equal(
      await rig.refused(
        rig.post('qos/policies', { policy: { name: 'x' } }, OWNER),
        403,
        'PolicyNotAuthorized',
      ),
      'rule:create_policy is disallowed by policy',
    );
    assert.equal(
      await rig.refused(
        rig.post(
          `qos/policies/${theirs.id}/dscp_marking_rules`,
          { dscp_marking_rule: { dscp_mark: 8 } },
          OWNER,
        ),
        403,
        'PolicyNotAuthorized',
      ),
      'rule:create_policy_dscp_marking_rule is disallowed by policy',
    );
    await rig.refused(
      rig.get(`qos/policies/${hidden.id}/bandwidth_limit_rules`, OWNER),
      404,
      'QosPolicyNotFound',
    );
    const net = await network({ qos_policy_id: shared.id }, OWNER);
    await rig.refused(
      rig.post('networks', { network: { qos_policy_id: hidden.id } }, OWNER),
      404,
      'QosPolicyNotFound',
    );
    await rig.refused(
      rig.post('ports', { port: { network_id: net.id, qos_policy_id: hidden.id } }, OWNER),
      404,
      'QosPolicyNotFound',
    );
  });

  it('reaches the VFs of all ports that have it, by themselves or by their network', async () => {
    const gold = await policy();
    const silver = await policy();
    const net = await network({ qos_policy_id: gold.id });
    const own = await boundPort((await network()).id, { qos_policy_id: gold.id });
    const inherited = await boundPort(net.id);
    const apart = await boundPort(net.id, { qos_policy_id: silver.id });
    const all = async () => [await ratesOf(own.id), await ratesOf(inherited.id), await ratesOf(apart.id)];
    const none = { minKbps: null, maxKbps: null };
    assert.deepEqual(await all(), [none, none, none]);

    const rule = await limit(gold.id);
    const limited = { minKbps: null, maxKbps: 5000 };
    assert.deepEqual(await all(), [limited, limited, none]);

    const minimum = await guarantee(gold.id, 2000);
    const both = { minKbps: 2000, maxKbps: 5000 };
    assert.deepEqual(await all(), [both, both, none]);
    const groupsOf = async (id: string) => (await rig.show(`ports/${id}`))['resource_request'];
    for (const { id } of [own, inherited])
      assert.match(JSON.stringify(await groupsOf(id)), /"NET_BW_EGR_KILOBIT_PER_SEC":2000/);
    assert.equal(await groupsOf(apart.id), null);

    await rig.delete(`qos/alias-minimum-bandwidth-rules/${minimum.id}`);
    await rig.put(`qos/policies/${gold.id}/bandwidth_limit_rules/${rule.id}`, {
      bandwidth_limit_rule: { max_kbps: 6000 },
    });
    const more = { minKbps: null, maxKbps: 6000 };
    assert.deepEqual(await all(), [more, more, none]);
    assert.equal(await groupsOf(own.id), null);

    await rig.put(`networks/${net.id}`, { network: { qos_policy_id: null } });
    assert.deepEqual(await all(), [more, none, none]);
    assert.equal((await rig.show(`ports/${apart.id}`))['qos_network_policy_id'], null);
    await rig.put(`networks/${net.id}`, { network: { qos_policy_id: gold.id } });
    assert.deepEqual(await all(), [more, more, none]);
  });

  it('reaches ports of several networks and hosts in one write, or none if one cannot follow', async () => {
    const gold = await policy();
    const networks = [await network({ qos_policy_id: gold.id }), await network({ qos_policy_id: gold.id })];
    const bound: { readonly id: string; readonly host: string; readonly vlan: unknown }[] = [];
    for (let count = 0; count < 12; count += 1) {
      const host = `compute${(count % 2) + 1}`;
      const net = networks[count % 3 === 0 ? 0 : 1];
      const { id } = await boundPort(net?.id ?? '', { 'binding:host_id': host });
      bound.push({ id, host, vlan: net?.['provider:segmentation_id'] });
    }
    const unbound = await boundPort(networks[0]?.id ?? '', { 'binding:host_id': '' });
    const told = async () =>
      Promise.all(
        bound.map(async ({ id, host }) => {
          const desired = await rig.desired(host, id);
          const vlan = desired?.segment.kind === 'vlan' ? desired.segment.segmentationId : null;
          return { id, host, vlan, qos: desired?.qos };
        }),
      );
    const withRates = (qos: object) => bound.map((port) => ({ ...port, qos }));
    const revision = await rig.store.revision();

    await limit(gold.id);
    await guarantee(gold.id, 2000);
    assert.equal(await rig.store.revision(), revision + 2);
    assert.deepEqual(await told(), withRates({ minKbps: 2000, maxKbps: 5000 }));
    for (const { id } of [...bound, unbound]) {
      const request = JSON.stringify((await rig.show(`ports/${id}`))['resource_request']);
      assert.match(request, /"NET_BW_EGR_KILOBIT_PER_SEC":2000/);
    }

    // A whole PF has no rates, so that this one may have only a policy without rules.
    const empty = await policy();
    const whole = await rig.make('ports', 'port', {
      network_id: (await network({ qos_policy_id: empty.id })).id,
      'binding:vnic_type': 'direct-physical',
    });
    // Ports with a policy of their own come first: when the whole PF refuses, this one has followed.
    await rig.put(`ports/${bound[0]?.id}`, { port: { qos_policy_id: empty.id } });
    for (const net of networks) await rig.put(`networks/${net.id}`, { network: { qos_policy_id: empty.id } });
    const none = { minKbps: null, maxKbps: null };
    assert.deepEqual(await told(), withRates(none));
    const path = `qos/policies/${empty.id}/bandwidth_limit_rules`;
    const settled = await rig.store.revision();
    assert.equal(
      await rig.refused(
        rig.post(path, { bandwidth_limit_rule: { max_kbps: 1000 } }),
        409,
        'QosRuleNotSupported',
      ),
      `Rule bandwidth_limit is not supported by port ${whole.id}`,
    );
    assert.deepEqual(await told(), withRates(none));
    assert.deepEqual(await rig.list(path), []);
    assert.equal(await rig.store.revision(), settled);
    await rig.delete(`ports/${whole.id}`);
    await limit(empty.id);
    assert.deepEqual(await told(), withRates({ minKbps: null, maxKbps: 5000 }));
  });

  it('guarantees to all ports or to none, and gives back what was guaranteed', async () => {
    const gold = await policy();
    const net = await network({ qos_policy_id: gold.id });
    const linkKbps = Number(rig.controller.fleet.find('compute2')?.pfs[0]?.pf.linkMbps) * 1000;
    const hosts = ['compute1', 'compute2', 'compute2', 'compute2'];
    const ports: { readonly id: string; readonly host: string }[] = [];
    for (const host of hosts) ports.push({ ...(await boundPort(net.id, { 'binding:host_id': host })), host });
    const minima = () =>
      Promise.all(ports.map(async ({ id, host }) => (await rig.desired(host, id))?.qos.minKbps));
    // Two PFs have three ports: on one of them two, which may have half of the link each.
    const minimum = await guarantee(gold.id, linkKbps / 2);
    assert.deepEqual(
      await minima(),
      ports.map(() => linkKbps / 2),
    );
    const rule = `qos/policies/${gold.id}/minimum_bandwidth_rules/${minimum.id}`;
    const put = (kbps: number) => rig.put(rule, { minimum_bandwidth_rule: { min_kbps: kbps } });
    await rig.refused(put(linkKbps / 2 + 1000), 409, 'QosPlacementAllocationConflict');
    assert.deepEqual(
      await minima(),
      ports.map(() => linkKbps / 2),
    );
    assert.equal((await put(1000)).status, 200);
    assert.equal((await put(linkKbps / 2)).status, 200);
    await rig.delete(rule);
    assert.deepEqual(
      await minima(),
      ports.map(() => null),
    );
  });

  it('is refused where a VF cannot follow it, and nothing is changed', async () => {
    const gold = await policy();
    const net = await network({ qos_policy_id: gold.id });
    const port = await boundPort(net.id);
    const post = (collection: string, values: object) =>
      rig.post(`qos/policies/${gold.id}/${collection}`, { [collection.slice(0, -1)]: values });
    assert.equal(
      await rig.refused(post('dscp_marking_rules', { dscp_mark: 8 }), 409, 'QosRuleNotSupported'),
      `Rule dscp_marking is not supported by port ${port.id}`,
    );
    await rig.refused(
      post('bandwidth_limit_rules', { max_kbps: 1000, direction: 'ingress' }),
      409,
      'QosRuleNotSupported',
    );
    assert.match(
      await rig.refused(
        post('bandwidth_limit_rules', { max_kbps: 2_000_000_000 }),
        409,
        'QosRuleNotSupported',
      ),
      /: 2000000 Mbit\/s is more than the link's \d+$/,
    );
    assert.deepEqual((await rig.show(`qos/policies/${gold.id}`))['rules'], []);
    const marked = await policy();
    await rig.make(`qos/policies/${marked.id}/dscp_marking_rules`, 'dscp_marking_rule', { dscp_mark: 8 });
    await rig.refused(
      rig.put(`ports/${port.id}`, { port: { qos_policy_id: marked.id } }),
      409,
      'QosRuleNotSupported',
    );
    // A port that needs no VF has whatever its owner likes.
    await rig.make('ports', 'port', { network_id: net.id, qos_policy_id: marked.id });
  });

  it('guarantees no more than the link of a PF has', async () => {
    const gold = await policy();
    const net = await network({ qos_policy_id: gold.id });
    const linkKbps = Number(rig.controller.fleet.find('compute1')?.pfs[0]?.pf.linkMbps) * 1000;
    await guarantee(gold.id, linkKbps / 2);
    const ports = [];
    for (let count = 0; count < 4; count += 1) ports.push(await boundPort(net.id));
    assert.deepEqual(
      ports.map((port) => port['binding:vif_type']),
      ['hw_veb', 'hw_veb', 'hw_veb', 'hw_veb'],
    );
    assert.equal((await boundPort(net.id))['binding:vif_type'], 'binding_failed');
    const [rule] = await rig.list(`qos/policies/${gold.id}/minimum_bandwidth_rules`);
    assert.match(
      await rig.refused(
        rig.put(`qos/policies/${gold.id}/minimum_bandwidth_rules/${rule?.id}`, {
          minimum_bandwidth_rule: { min_kbps: linkKbps / 2 + 1000 },
        }),
        409,
        'QosPlacementAllocationConflict',
      ),
      /would exceed the capacity available\.$/,
    );
    assert.equal((await ratesOf(ports[0]?.id ?? ''))?.minKbps, linkKbps / 2);
  });

  it('lists the types of rules that VFs follow, and on demand all that are kept', async () => {
    const typesOf = async (query: string) =>
      (await rig.list(`qos/rule-types${query}`, OWNER)).map(({ type }) => type);
    assert.deepEqual(await typesOf(''), ['bandwidth_limit', 'minimum_bandwidth']);
    assert.deepEqual(await typesOf('?all_supported=True'), ['bandwidth_limit', 'minimum_bandwidth']);
    assert.deepEqual(await typesOf('?all_rules=True'), [
      'bandwidth_limit',
      'dscp_marking',
      'minimum_bandwidth',
    ]);
    const { drivers } = await rig.show('qos/rule-types/bandwidth_limit');
    assert.deepEqual(drivers, [
      {
        name: 'sriovnicswitch',
        supported_parameters: [
          {
            parameter_name: 'max_kbps',
            parameter_type: 'range',
            parameter_values: { start: 0, end: 2_147_483_647 },
          },
          {
            parameter_name: 'max_burst_kbps',
            parameter_type: 'range',
            parameter_values: { start: 0, end: 2_147_483_647 },
          },
          { parameter_name: 'direction', parameter_type: 'choices', parameter_values: ['egress'] },
        ],
      },
    ]);
    assert.deepEqual((await rig.show('qos/rule-types/dscp_marking'))['drivers'], []);
    await rig.refused(rig.get('qos/rule-types/dscp_marking', OWNER), 403, 'PolicyNotAuthorized');
    await rig.refused(rig.get('qos/rule-types/colour'), 404, 'HTTPNotFound');
  });
});
