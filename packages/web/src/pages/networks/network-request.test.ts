import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NetworkRequest, networkCommands, networkValues, subnetsOf } from './network-request.ts';

const BLUE: NetworkRequest = {
  name: 'blue',
  networkType: 'vlan',
  physicalNetwork: 'physnet1',
  vlan: 100,
  cidrs: ['10.0.0.0/24', 'fd00::/64'],
};

describe('a network that is to be made', () => {
  const cases = [
    {
      name: 'all of it given',
      given: BLUE,
      values: {
        name: 'blue',
        'provider:network_type': 'vlan',
        'provider:physical_network': 'physnet1',
        'provider:segmentation_id': 100,
      },
      commands: [
        'virtfn network create blue --physical-network physnet1 --vlan 100',
        'virtfn subnet create blue-v4 --network blue --cidr 10.0.0.0/24',
        'virtfn subnet create blue-v6 --network blue --cidr fd00::/64',
      ],
    },
    {
      name: 'nothing but a name, which needs no administrator',
      given: { ...BLUE, physicalNetwork: null, vlan: null, cidrs: [] },
      values: { name: 'blue' },
      commands: ['virtfn network create blue'],
    },
    {
      name: 'without a tag',
      given: { ...BLUE, networkType: 'flat', vlan: null, cidrs: [] },
      values: {
        name: 'blue',
        'provider:network_type': 'flat',
        'provider:physical_network': 'physnet1',
      },
      commands: ['virtfn network create blue --physical-network physnet1 --flat'],
    },
  ] as const;
  for (const { name, given, values, commands } of cases)
    it(`is the same by the API and by command: ${name}`, () => {
      assert.deepEqual(networkValues(given), values);
      assert.deepEqual(networkCommands(given), commands);
    });

  it('has subnets of the version that their addresses are of', () => {
    assert.deepEqual(
      subnetsOf(BLUE).map(({ ip_version }) => ip_version),
      [4, 6],
    );
  });
});
