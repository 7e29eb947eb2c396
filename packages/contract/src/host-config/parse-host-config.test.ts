import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fishMachine, observeMachine, VirtualClock } from '@virtfn/host-simulator';
import { desiredOfConfig, isSriovError } from '@virtfn/model';
import fc from 'fast-check';
import { parseHostConfig } from './index.ts';

const GOOD = `
version: 1
pfs:
  - match: { pciAddress: "82:00.0" }
    numVfs: 7
    physicalNetworks: [physnet1]
    mtu: 9000
    localMacs: ["52:54:00:BB:00:01"]
    reservedVfs: [6]
    vfs:
      - { index: 0, mac: "52:54:00:00:00:01", vlan: 100, trust: true }
      - { index: 1, driver: vfio-pci, vlan: { id: 200, qos: 3, proto: 802.1ad }, maxTxRateMbps: 100 }
  - match: { driver: igb, productId: "1521" }
    numVfs: 0
`;

describe('parseHostConfig()', () => {
  it('reads a file, with defaults that are safe', () => {
    const [first, second] = parseHostConfig(GOOD, 'host.yaml').pfs;
    assert.equal(first?.match.pciAddress, '0000:82:00.0');
    assert.equal(first.vfs[0]?.settings.spoofCheck, true);
    assert.equal(first.vfs[1]?.settings.trust, false);
    assert.deepEqual(first.vfs[1].settings.vlan, { id: 200, qos: 3, proto: '802.1ad' });
    assert.deepEqual([first.localMacs, second?.localMacs], [['52:54:00:bb:00:01'], []]);
    assert.equal(second?.adminUp, true);
    assert.equal(second.mtu, null);
  });

  const bad: readonly { name: string; given: string; at: string; why: RegExp }[] = [
    { name: 'YAML that is none', given: 'version: 1\npfs: [', at: '2:7', why: /./ },
    { name: 'a key twice', given: 'version: 1\nversion: 1\npfs: []', at: '2:1', why: /unique/i },
    { name: 'another version', given: 'version: 2\npfs: []', at: '1:10', why: /version must be/ },
    { name: 'nothing', given: '', at: '1:1', why: /the document must be object/ },
    {
      name: 'a multicast MAC for VFs to reach',
      given:
        'version: 1\npfs:\n  - match: { driver: igb }\n    numVfs: 1\n    localMacs: ["01:00:5e:00:00:01"]',
      at: '5:17',
      why: /multicast/,
    },
    {
      name: 'a field that does not exist',
      given: 'version: 1\npfs:\n  - match: { driver: igb }\n    numVfs: 1\n    nmuVfs: 2',
      at: '5:13',
      why: /pfs\.0\.nmuVfs is no field/,
    },
    {
      name: 'a field of the wrong type',
      given: 'version: 1\npfs:\n  - match: { driver: igb }\n    numVfs: seven',
      at: '4:13',
      why: /pfs\.0\.numVfs must be integer/,
    },
    {
      name: 'an entry that means every PF',
      given: 'version: 1\npfs:\n  - match: {}\n    numVfs: 1',
      at: '3:12',
      why: /fewer than 1 propert/,
    },
    {
      name: 'a PCI address that is none',
      given: 'version: 1\npfs:\n  - match: { pciAddress: eth0 }\n    numVfs: 1',
      at: '3:26',
      why: /PCI address: found "eth0"/,
    },
    {
      name: 'VLAN 4095',
      given:
        'version: 1\npfs:\n  - match: { driver: igb }\n    numVfs: 1\n    vfs: [{ index: 0, vlan: 4095 }]',
      at: '5:29',
      why: /VLAN 4095/,
    },
    {
      name: 'a multicast MAC',
      given:
        'version: 1\npfs:\n  - match: { driver: igb }\n    numVfs: 1\n    vfs: [{ index: 0, mac: "01:00:5e:00:00:01" }]',
      at: '5:28',
      why: /multicast/,
    },
    {
      name: 'a VF index out of range',
      given: 'version: 1\npfs:\n  - match: { driver: igb }\n    numVfs: 1\n    vfs: [{ index: 1 }]',
      at: '5:20',
      why: /VF 1 is not one of the 1 VFs/,
    },
    {
      name: 'one VF twice',
      given:
        'version: 1\npfs:\n  - match: { driver: igb }\n    numVfs: 1\n    reservedVfs: [0]\n    vfs: [{ index: 0 }]',
      at: '6:20',
      why: /listed twice/,
    },
  ];
  for (const { name, given, at, why } of bad) {
    it(`refuses ${name}, with line and column`, () => {
      assert.throws(
        () => parseHostConfig(given, 'host.yaml'),
        (error) =>
          isSriovError(error, 'CONFIG_INVALID') &&
          error.message.startsWith(`Cannot read host.yaml:${at}: `) &&
          why.test(error.message),
      );
    });
  }

  it('never fails in another way, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `${GOOD}${text}`),
          fc.json(),
        ),
        (text) => {
          try {
            parseHostConfig(text, 'host.yaml');
          } catch (error) {
            assert.ok(isSriovError(error, 'CONFIG_INVALID'), String(error));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('desiredOfConfig()', () => {
  const observed = observeMachine(fishMachine(new VirtualClock()));

  it('finds the PFs that are meant, several by one entry', () => {
    const { desired, physicalNetworks } = desiredOfConfig(parseHostConfig(GOOD, 'host.yaml'), observed);
    assert.deepEqual(
      desired.pfs.map(({ pf, numVfs }) => `${pf} ${numVfs}`),
      ['0000:82:00.0 7', '0000:07:00.0 0', '0000:07:00.1 0'],
    );
    assert.deepEqual(
      desired.pfs[0]?.vfs.map((vf) => vf.kind),
      ['unmanaged', 'attached', 'attached'],
    );
    assert.deepEqual([...physicalNetworks.values()][0], ['physnet1']);
  });

  it('says which PFs there are when an entry means none', () => {
    const config = parseHostConfig(
      'version: 1\npfs: [{ match: { netdevName: eth9 }, numVfs: 1 }]',
      'host.yaml',
    );
    assert.throws(
      () => desiredOfConfig(config, observed),
      (error) => isSriovError(error, 'PF_UNKNOWN') && /netdevName eth9.*0000:07:00\.0/.test(error.message),
    );
  });

  it('refuses two entries that mean one PF', () => {
    const config = parseHostConfig(
      'version: 1\npfs: [{ match: { netdevName: eth2 }, numVfs: 1 }, { match: { driver: igb }, numVfs: 2 }]',
      'host.yaml',
    );
    assert.throws(
      () => desiredOfConfig(config, observed),
      (error) => isSriovError(error, 'DESIRED_CONFLICT'),
    );
  });
});
