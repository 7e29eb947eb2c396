import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { member, NeutronRig } from '../testing/index.ts';

const OWNER = member('blue');

describe('agents', () => {
  let rig: NeutronRig;
  beforeEach(async () => {
    rig = await NeutronRig.start({ hostGoneAfterMs: 75_000 });
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const find = async (host: string) => (await rig.list(`agents?host=${host}`))[0]?.id ?? '';

  it('shows a host in the words of Neutron’s SR-IOV agent', async () => {
    const id = await find('compute1');
    const net = await rig.make('networks', 'network', {});
    await rig.make('ports', 'port', {
      network_id: net.id,
      'binding:vnic_type': 'direct',
      'binding:host_id': 'compute1',
    });
    const link = { egress: 100_000_000, ingress: 100_000_000 };
    assert.deepEqual(await rig.show(`agents/${id}`), {
      id,
      agent_type: 'NIC Switch agent',
      binary: 'neutron-sriov-nic-agent',
      topic: 'N/A',
      host: 'compute1',
      admin_state_up: true,
      created_at: '2026-01-02 03:04:05',
      started_at: '2026-01-02 03:04:05',
      heartbeat_timestamp: '2026-01-02 03:04:05',
      description: null,
      resources_synced: null,
      availability_zone: null,
      alive: true,
      configurations: {
        device_mappings: { physnet1: ['ens1f0', 'ens1f1', 'ens2f0'], physnet2: ['ens2f1'] },
        devices: 1,
        extensions: ['qos'],
        resource_provider_bandwidths: { ens1f0: link, ens1f1: link, ens2f0: link, ens2f1: link },
        resource_provider_hypervisors: {
          ens1f0: 'compute1',
          ens1f1: 'compute1',
          ens2f0: 'compute1',
          ens2f1: 'compute1',
        },
        resource_provider_inventory_defaults: { allocation_ratio: 1, min_unit: 1, step_size: 1, reserved: 0 },
      },
    });
  });

  const filters: readonly { name: string; query: string; want: readonly string[] }[] = [
    { name: 'all of a type', query: 'agent_type=NIC+Switch+agent', want: ['compute1', 'compute2'] },
    { name: 'those of another type', query: 'agent_type=DHCP+agent', want: [] },
    { name: 'one host', query: 'host=compute2', want: ['compute2'] },
    {
      name: 'those that are alive',
      query: 'alive=True&binary=neutron-sriov-nic-agent',
      want: ['compute1', 'compute2'],
    },
    { name: 'those that are not', query: 'alive=False', want: [] },
    { name: 'those that are wanted', query: 'admin_state_up=True&host=compute1', want: ['compute1'] },
    { name: 'a page', query: 'sort_key=host&sort_dir=desc&limit=1', want: ['compute2'] },
  ];
  for (const { name, query, want } of filters) {
    it(`lists ${name} by ${query}`, async () => {
      const hosts = (await rig.list(`agents?${query}`)).map(({ host }) => String(host));
      assert.deepEqual(hosts.toSorted(), want);
    });
  }

  it('are changed by an operator, and seen so at once', async () => {
    const id = await find('compute1');
    const changes = { admin_state_up: false, description: 'being repaired' };
    const { status, body } = await rig.put(`agents/${id}`, { agent: changes });
    assert.equal(status, 200, JSON.stringify(body));
    const { admin_state_up, description, alive } = await rig.show(`agents/${id}`);
    assert.deepEqual({ admin_state_up, description, alive }, { ...changes, alive: true });
    await rig.refused(rig.put(`agents/${id}`, { agent: { host: 'other' } }), 400, 'HTTPBadRequest');
    await rig.refused(rig.put(`agents/${crypto.randomUUID()}`, { agent: {} }), 404, 'AgentNotFound');
    await rig.refused(rig.post('agents', { agent: {} }), 404, 'HTTPNotFound');
  });

  it('are deleted only when they are gone', async () => {
    const id = await find('compute1');
    assert.match(await rig.refused(rig.delete(`agents/${id}`), 409, 'AgentInUse'), /it is alive/);
    rig.advance(75_000);
    assert.equal((await rig.show(`agents/${id}`))['alive'], false);
    assert.equal((await rig.delete(`agents/${id}`)).status, 204);
    await rig.refused(rig.get(`agents/${id}`), 404, 'AgentNotFound');
    assert.deepEqual(
      (await rig.list('agents')).map(({ host }) => host),
      ['compute2'],
    );
  });

  it('are no business of members', async () => {
    const id = await find('compute1');
    assert.deepEqual(await rig.list('agents', OWNER), []);
    await rig.refused(rig.get(`agents/${id}`, OWNER), 404, 'AgentNotFound');
    await rig.refused(rig.put(`agents/${id}`, { agent: { description: 'x' } }, OWNER), 404, 'AgentNotFound');
  });
});
