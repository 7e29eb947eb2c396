import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import { NeutronRig } from '../testing/index.ts';

const RANGES = 'physnet1:100:199,physnet2:100:199';

describe('a segment', () => {
  it('stays, with its VLAN, while a VF is on it', async () => {
    await using rig = await NeutronRig.start({ vlanRanges: parseVlanRanges(RANGES, parsePhysicalNetwork) });
    const { id: netId } = await rig.make('networks', 'network', {
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
      'provider:segmentation_id': 100,
    });
    const bound = { 'binding:vnic_type': 'direct', 'binding:host_id': 'compute1' };
    const port = await rig.make('ports', 'port', { network_id: netId, ...bound });
    assert.equal(port['binding:vif_type'], 'hw_veb');
    await rig.make('ports', 'port', { network_id: netId });
    const other = await rig.make('segments', 'segment', {
      network_id: netId,
      network_type: 'vlan',
      physical_network: 'physnet2',
    });
    const segments = await rig.list(`segments?network_id=${netId}`);
    const used = segments.find(({ id }) => id !== other.id);
    assert.ok(used !== undefined);

    const message = await rig.refused(rig.delete(`segments/${used.id}`), 409, 'SegmentInUse');
    assert.ok(message.endsWith(`bound with port(s) ${port.id}.`), message);
    // A port is changed as before, and nobody comes into its VLAN.
    assert.equal((await rig.put(`ports/${port.id}`, { port: { admin_state_up: false } })).status, 200);
    const theirs = { network_type: 'vlan', physical_network: 'physnet1', segmentation_id: 100 };
    const network = Object.fromEntries(
      Object.entries(theirs).map(([key, value]) => [`provider:${key}`, value]),
    );
    await rig.refused(rig.post('networks', { network }), 409, 'VlanIdInUse');

    assert.equal((await rig.put(`ports/${port.id}`, { port: { 'binding:host_id': '' } })).status, 200);
    assert.equal((await rig.delete(`segments/${used.id}`)).status, 204);
    await rig.make('networks', 'network', network);
    await rig.refused(rig.delete(`segments/${other.id}`), 409, 'SegmentInUse');
  });
});
