import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilityOfDriver } from '../drivers/index.ts';
import { parseMacAddress } from '../ethernet/index.ts';
import { isSriovError } from '../errors/index.ts';
import { parseNetworkId, parsePhysicalNetwork, parsePortId } from '../names/index.ts';
import { kbpsToMbps, type Port, parseVlanRanges, portCan, type Segment, vfSettingsOfPort } from './index.ts';

const PORT: Port = {
  portId: parsePortId('p1'),
  networkId: parseNetworkId('n1'),
  mac: parseMacAddress('fa:16:3e:00:00:01'),
  adminStateUp: true,
  portSecurityEnabled: true,
  trusted: false,
  propagateUplinkStatus: false,
  qos: { minKbps: null, maxKbps: null },
  binding: { hostId: null, vnicType: 'direct', vifType: 'unbound', profile: {} },
  status: 'DOWN',
};
const SEGMENT: Segment = {
  kind: 'vlan',
  physicalNetwork: parsePhysicalNetwork('physnet1'),
  segmentationId: 150,
};

describe('parseVlanRanges()', () => {
  it('reads Neutron’s spelling', () => {
    assert.deepEqual(parseVlanRanges('physnet1:100:1999, physnet2:2000:3999', parsePhysicalNetwork), [
      { physicalNetwork: 'physnet1', first: 100, last: 1999 },
      { physicalNetwork: 'physnet2', first: 2000, last: 3999 },
    ]);
  });

  for (const given of [
    'physnet1',
    'physnet1:1:2:3',
    'physnet1:0:10',
    'physnet1:10:4095',
    'physnet1:20:10',
    'physnet1:a:b',
  ]) {
    it(`refuses "${given}"`, () => {
      assert.throws(
        () => parseVlanRanges(given, parsePhysicalNetwork),
        (error) => isSriovError(error, 'VLAN_INVALID'),
      );
    });
  }
});

describe('kbpsToMbps()', () => {
  for (const { given, want } of [
    { given: 1, want: 1 },
    { given: 999, want: 1 },
    { given: 1000, want: 1 },
    { given: 1499, want: 1 },
    { given: 1500, want: 2 },
    { given: 10_000, want: 10 },
  ]) {
    it(`makes ${given} kbit/s ${want} Mbit/s, as Neutron’s agent does`, () =>
      assert.equal(kbpsToMbps(given), want));
  }
});

describe('vfSettingsOfPort()', () => {
  const ice = capabilityOfDriver('ice');
  const igb = capabilityOfDriver('igb');

  it('takes VLAN from the segment and spoof check from port security', () => {
    const settings = vfSettingsOfPort({ ...PORT, portSecurityEnabled: false, trusted: true }, SEGMENT, ice);
    assert.equal(settings.vlan?.id, 150);
    assert.equal(settings.spoofCheck, false);
    assert.equal(settings.trust, true);
    assert.equal(
      vfSettingsOfPort(PORT, { kind: 'flat', physicalNetwork: SEGMENT.physicalNetwork }, ice).vlan,
      null,
    );
  });

  const links = [
    {
      name: 'down before all else',
      port: { adminStateUp: false, propagateUplinkStatus: true },
      capability: ice,
      want: 'disable',
    },
    { name: 'after its uplink', port: { propagateUplinkStatus: true }, capability: ice, want: 'auto' },
    { name: 'up', port: {}, capability: ice, want: 'enable' },
    { name: 'after its uplink where the driver knows nothing else', port: {}, capability: igb, want: 'auto' },
  ] as const;
  for (const { name, port, capability, want } of links) {
    it(`has the link ${name}`, () =>
      assert.equal(vfSettingsOfPort({ ...PORT, ...port }, SEGMENT, capability).linkState, want));
  }
});

describe('portCan()', () => {
  it('lets only an active port migrate, and any port be deleted', () => {
    assert.equal(portCan('migrate', 'ACTIVE'), true);
    assert.equal(portCan('migrate', 'DOWN'), false);
    for (const status of ['ACTIVE', 'DOWN', 'BUILD', 'ERROR'] as const)
      assert.equal(portCan('delete', status), true);
  });
});
