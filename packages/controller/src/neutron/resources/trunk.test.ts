import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ApiRig, type Shown } from '../testing/index.ts';

describe('/v2.0/trunks', () => {
  let api: ApiRig;
  let network: Shown;
  let parent: Shown;
  let child: Shown;
  let trunk: Shown;

  beforeEach(async () => {
    api = await ApiRig.open({}, ['compute1']);
    network = await api.create('p1', 'networks', { network: {} });
    parent = await makePort({ 'binding:vnic_type': 'direct' });
    child = await makePort({});
    trunk = await api.create('p1', 'trunks', { trunk: { name: 't', port_id: parent.id } });
  });
  afterEach(() => api.close());

  const makePort = (values: object): Promise<Shown> =>
    api.create('p1', 'ports', { port: { network_id: network.id, ...values } });
  const subPort = (port: Shown, vlan = 101) => ({
    sub_ports: [{ port_id: port.id, segmentation_type: 'vlan', segmentation_id: vlan }],
  });
  const at = (action = ''): string => `trunks/${trunk.id}${action}`;

  it('subports are added, shown with their MACs on the parent port, and removed', async () => {
    assert.equal(trunk['status'], 'DOWN');
    const after = await api.update('p1', at('/add_subports'), subPort(child));
    assert.deepEqual(after['sub_ports'], subPort(child).sub_ports);
    assert.deepEqual((await api.ask('p1', 'GET', at('/get_subports'))).body, subPort(child));
    assert.equal((await api.show('p1', `ports/${child.id}`))['device_owner'], 'trunk:subport');
    const mac = '02:00:00:00:00:07';
    await api.update('admin', `ports/${child.id}`, { port: { mac_address: mac } });
    assert.deepEqual((await api.show('p1', `ports/${parent.id}`))['trunk_details'], {
      trunk_id: trunk.id,
      sub_ports: [{ ...subPort(child).sub_ports[0], mac_address: mac }],
    });
    await api.update('p1', at('/remove_subports'), { sub_ports: [{ port_id: child.id }] });
    assert.equal((await api.show('p1', `ports/${child.id}`))['device_owner'], '');
    await api.remove('p1', at());
    assert.equal((await api.show('p1', `ports/${parent.id}`))['trunk_details'], undefined);
  });

  it('ports of a trunk stay as long as it does', async () => {
    await api.update('p1', at('/add_subports'), subPort(child));
    assert.equal(await api.refusal('p1', 'DELETE', `ports/${parent.id}`), '409 PortInUseAsTrunkParent');
    assert.equal(await api.refusal('p1', 'DELETE', `ports/${child.id}`), '409 PortInUseAsSubPort');
    await api.remove('p1', at());
    await api.remove('p1', `ports/${child.id}`);
    await api.remove('p1', `ports/${parent.id}`);
  });

  it('a port is in one trunk, and a VLAN of a trunk is of one port', async () => {
    await api.update('p1', at('/add_subports'), subPort(child));
    const add = (body: Readonly<Record<string, unknown>>): Promise<string> =>
      api.refusal('p1', 'PUT', at('/add_subports'), body);
    assert.equal(await add(subPort(child, 102)), '409 TrunkPortInUse');
    assert.equal(await add(subPort(parent, 102)), '409 ParentPortInUse');
    assert.equal(await add(subPort(await makePort({}))), '409 DuplicateSubPort');
    assert.equal(await add(subPort(await makePort({ device_id: 'vm' }), 102)), '409 PortInUse');
    for (const port of [parent, child]) {
      const refusal = await api.refusal('p1', 'POST', 'trunks', { trunk: { port_id: port.id } });
      assert.equal(refusal, port === parent ? '409 ParentPortInUse' : '409 TrunkPortInUse');
    }
  });

  it('a subport’s MTU is at most that of the trunk', async () => {
    const small = await api.create('p1', 'networks', { network: { mtu: 1200 } });
    const port = await api.create('p1', 'ports', { port: { network_id: small.id } });
    assert.equal(
      await api.refusal('p1', 'POST', 'trunks', { trunk: { port_id: port.id, ...subPort(child) } }),
      '409 SubPortMtuGreaterThanTrunkPortMtu',
    );
  });

  it('a disabled trunk is not changed', async () => {
    await api.update('p1', at(), { trunk: { admin_state_up: false } });
    assert.equal(await api.refusal('p1', 'PUT', at('/add_subports'), subPort(child)), '409 TrunkDisabled');
  });

  for (const { name, vlan, want } of [
    { name: 'VLAN 0', vlan: 0, want: '400 HTTPBadRequest' },
    { name: 'VLAN 4095', vlan: 4095, want: '400 HTTPBadRequest' },
  ]) {
    it(`a subport with ${name} is refused: ${want}`, async () => {
      assert.equal(await api.refusal('p1', 'PUT', at('/add_subports'), subPort(child, vlan)), want);
    });
  }

  it('a VF carries no trunk: it is refused at the second of binding and subports', async () => {
    const bind = { port: { 'binding:host_id': 'compute1' } };
    const bound = await api.update('admin', `ports/${parent.id}`, bind);
    assert.equal(bound['binding:vif_type'], 'hw_veb');
    assert.equal(
      await api.refusal('p1', 'PUT', at('/add_subports'), subPort(child)),
      '409 TrunkPluginDriverConflict',
    );
    await api.update('admin', `ports/${parent.id}`, { port: { 'binding:host_id': '' } });
    await api.update('p1', at('/add_subports'), subPort(child));
    assert.equal(
      await api.refusal('admin', 'PUT', `ports/${parent.id}`, bind),
      '409 TrunkPluginDriverConflict',
    );
  });

  it('another project sees neither the trunk nor its ports', async () => {
    assert.equal(await api.refusal('p2', 'GET', at()), '404 TrunkNotFound');
    assert.equal(await api.refusal('p2', 'PUT', at('/add_subports'), subPort(child)), '404 TrunkNotFound');
    assert.equal(
      await api.refusal('p2', 'POST', 'trunks', { trunk: { port_id: child.id } }),
      '404 PortNotFound',
    );
  });
});
