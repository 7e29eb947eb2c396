import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { portOf } from './port.ts';

const SHOWN_TO_ALL = {
  id: '0f5ef3ea-0e32-464c-9514-72cc01a7165a',
  name: '',
  network_id: '5b12c2c8-6008-4537-8834-b1d73d5402c8',
  mac_address: 'fa:16:3e:dc:6d:e5',
  fixed_ips: [
    { subnet_id: 's4', ip_address: '10.0.0.7' },
    { subnet_id: 's6', ip_address: 'fd00::7' },
  ],
  status: 'ACTIVE',
  admin_state_up: true,
  device_id: '',
  'binding:vnic_type': 'direct',
  revision_number: 3,
};

describe('portOf()', () => {
  it('reads what a member of a project is shown, and makes nothing up', () => {
    const { name, fixedIps, hostId, vifType, pciAddress, vlan, deviceId, revision } = portOf(SHOWN_TO_ALL);
    assert.deepEqual(
      [name, hostId, vifType, pciAddress, vlan, deviceId],
      [null, null, null, null, null, null],
    );
    assert.deepEqual(fixedIps, ['10.0.0.7', 'fd00::7']);
    assert.equal(revision, 3);
  });

  it('reads where a port is bound, which administrators are shown', () => {
    const { hostId, vifType, pciAddress, vlan } = portOf({
      ...SHOWN_TO_ALL,
      'binding:host_id': 'compute1',
      'binding:vif_type': 'hw_veb',
      'binding:profile': { pci_slot: '0000:82:10.0', physical_network: 'physnet1' },
      'binding:vif_details': { vlan: '542' },
    });
    assert.deepEqual([hostId, vifType, pciAddress, vlan], ['compute1', 'hw_veb', '0000:82:10.0', '542']);
  });
});
