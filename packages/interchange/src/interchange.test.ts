import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHostConfig } from '@virtfn/contract/host-config';
import {
  fishMachine,
  observeMachine,
  setVfDriver,
  setVfSetting,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import {
  desiredOfConfig,
  isSriovError,
  type ObservedHost,
  parseMacAddress,
  parsePciAddress,
  parseVlan,
  plan,
} from '@virtfn/model';
import fc from 'fast-check';
import { EXPORT_FORMATS, exportHost, IMPORT_FORMATS, importConfig } from './index.ts';

const PF = parsePciAddress('0000:82:00.0');

interface Wish {
  readonly mac: boolean;
  readonly vlan: number | null;
  readonly qos: number;
  readonly spoofCheck: boolean;
  readonly trust: boolean;
  readonly maxTxRateMbps: number | null;
  readonly isVfio: boolean;
}

/** A host whose VFs somebody set by hand. */
function hostWith(wishes: readonly Wish[]): ObservedHost {
  const machine = fishMachine(new VirtualClock());
  const pf = machine.pf(PF);
  if (wishes.length > 0) writeSriovNumvfs(machine, pf, wishes.length);
  machine.clock.advance(5000);
  for (const [index, wish] of wishes.entries()) {
    const vf = machine.vf(pf, index);
    setVfDriver(machine, pf, vf, 'none');
    setVfSetting(machine, pf, vf, { attribute: 'spoofCheck', value: wish.spoofCheck });
    setVfSetting(machine, pf, vf, { attribute: 'trust', value: wish.trust });
    if (wish.vlan !== null)
      setVfSetting(machine, pf, vf, { attribute: 'vlan', value: parseVlan(wish.vlan, wish.qos) });
    if (wish.mac)
      setVfSetting(machine, pf, vf, {
        attribute: 'adminMac',
        value: parseMacAddress(`52:54:00:00:00:0${index}`),
      });
    if (wish.maxTxRateMbps !== null) {
      const value = { minTxRateMbps: null, maxTxRateMbps: wish.maxTxRateMbps };
      setVfSetting(machine, pf, vf, { attribute: 'rate', value });
    }
    setVfDriver(machine, pf, vf, wish.isVfio ? 'vfio-pci' : 'kernel');
    machine.clock.advance(5000);
  }
  return observeMachine(machine);
}

const wishes = fc.array(
  fc.record({
    mac: fc.boolean(),
    vlan: fc.option(fc.integer({ min: 1, max: 4094 })),
    qos: fc.integer({ min: 0, max: 7 }),
    spoofCheck: fc.boolean(),
    trust: fc.boolean(),
    maxTxRateMbps: fc.option(fc.integer({ min: 1, max: 1000 })),
    isVfio: fc.boolean(),
  }),
  { minLength: 1, maxLength: 7 },
);

const planFor = (text: string, observed: ObservedHost) =>
  plan(desiredOfConfig(parseHostConfig(text, 'host.yaml'), observed).desired, observed);

describe('exportHost()', () => {
  it('gives a host.yaml that wants just what runs: applying it only says whose it is', () => {
    fc.assert(
      fc.property(wishes, (given) => {
        const observed = hostWith(given);
        const { text, notes } = exportHost(observed, 'yaml');
        assert.deepEqual(notes, []);
        const { steps, refusals } = planFor(text, observed);
        assert.deepEqual(refusals, []);
        assert.deepEqual(
          steps.filter((step) => step.kind !== 'claim-vf'),
          [],
        );
      }),
      { numRuns: 60 },
    );
  });

  for (const format of IMPORT_FORMATS) {
    it(`gives a document of ${format} that wants the same when it is imported, but for what the notes say`, () => {
      fc.assert(
        fc.property(wishes, (given) => {
          const observed = hostWith(given);
          const { text, notes } = exportHost(observed, format);
          const again = importConfig(text, 'document', format);
          const left = planFor(again.text, observed).steps.filter((step) => step.kind !== 'claim-vf');
          if (notes.length === 0) assert.deepEqual(left, [], text);
          const silent = given.every(
            (wish) =>
              !wish.isVfio && wish.spoofCheck && !wish.trust && wish.maxTxRateMbps === null && wish.qos === 0,
          );
          if (silent) assert.deepEqual([...notes, ...again.notes], []);
        }),
        { numRuns: 40 },
      );
    });
  }

  const vf: Wish = {
    mac: true,
    vlan: 100,
    qos: 3,
    spoofCheck: false,
    trust: true,
    maxTxRateMbps: 500,
    isVfio: true,
  };
  const WANT: Readonly<Record<(typeof EXPORT_FORMATS)[number], { text: string; notes: readonly string[] }>> =
    {
      yaml: {
        text: `version: 1
pfs:
  - match:
      pciAddress: 0000:82:00.0
    numVfs: 1
    vfs:
      - index: 0
        driver: vfio-pci
        mac: 52:54:00:00:00:00
        vlan:
          id: 100
          qos: 3
          proto: 802.1q
        spoofCheck: false
        trust: true
        maxTxRateMbps: 500
`,
        notes: [],
      },
      networkmanager: {
        text: `# file: /etc/NetworkManager/system-connections/eth2.nmconnection
[connection]
id=eth2
type=ethernet
interface-name=eth2

[ethernet]

[sriov]
total-vfs=1
vf.0=mac=52:54:00:00:00:00 spoof-check=false trust=true max-tx-rate=500 vlans=100.3

[ipv4]
method=disabled

[ipv6]
method=disabled
`,
        notes: ['NetworkManager has no word for the driver of VF 0 of eth2'],
      },
      systemd: {
        text: `# file: /etc/systemd/network/10-eth2.link
[Match]
Path=pci-0000:82:00.0

[Link]
NamePolicy=keep kernel database onboard slot path
SR-IOVVirtualFunctions=1

[SR-IOV]
VirtualFunction=0
VLANId=100
QualityOfService=3
MACSpoofCheck=no
Trust=yes
LinkState=auto
MACAddress=52:54:00:00:00:00
`,
        notes: ['systemd.link has no word for the rate at most, driver of VF 0 of eth2'],
      },
      netplan: {
        text: `network:
  version: 2
  ethernets:
    eth2:
      virtual-function-count: 1
    eth2v0:
      link: eth2
      macaddress: 52:54:00:00:00:00
  vlans:
    eth2v0.100:
      id: 100
      link: eth2v0
      renderer: sriov
`,
        notes: [
          'netplan has no word for the spoof check, trust, rate at most, driver of VF 0 of eth2',
          'netplan has no word for priority and protocol of the VLAN of VF 0 of eth2',
        ],
      },
      nmstate: {
        text: `interfaces:
  - name: eth2
    type: ethernet
    state: up
    ethernet:
      sr-iov:
        total-vfs: 1
        vfs:
          - id: 0
            mac-address: 52:54:00:00:00:00
            spoof-check: false
            trust: true
            max-tx-rate: 500
            vlan-id: 100
            qos: 3
            vlan-proto: 802.1q
`,
        notes: ['nmstate has no word for the driver of VF 0 of eth2'],
      },
    };
  for (const format of EXPORT_FORMATS) {
    it(`speaks as ${format} does`, () => {
      const { text, notes } = exportHost(hostWith([vf]), format);
      assert.equal(text, WANT[format].text);
      assert.deepEqual(notes, WANT[format].notes);
    });

    it(`keeps MACs on the host that VFs reach as ${format}, or notes that it cannot`, () => {
      const local = parseMacAddress('52:54:00:bb:00:01');
      const observed = hostWith([vf]);
      const pfs = observed.pfs.map((pf) => (pf.pciAddress === PF ? { ...pf, fdb: [local] } : pf));
      const { text, notes } = exportHost({ ...observed, pfs }, format);
      if (format === 'yaml') {
        assert.deepEqual(parseHostConfig(text, 'host.yaml').pfs[0]?.localMacs, [local]);
      } else
        assert.match(notes[0] ?? '', /has no word for what VFs of eth2 reach on the host: 52:54:00:bb:00:01/);
    });
  }
});

describe('importConfig()', () => {
  const documents: readonly {
    name: string;
    format: (typeof IMPORT_FORMATS)[number];
    text: string;
    want: RegExp;
  }[] = [
    {
      name: 'a .link file that counts VFs by its sections',
      format: 'systemd',
      text: '[Match]\nOriginalName=ens1f0\n[SR-IOV]\nVirtualFunction=2\nLinkState=no\n',
      want: /netdevName: ens1f0\n {4}numVfs: 3\n {4}vfs:\n {6}- index: 2\n {8}linkState: disable\n$/,
    },
    {
      name: 'a netplan whose PF is known by its MAC address',
      format: 'netplan',
      text: 'network: { ethernets: { pf: { match: { macaddress: "52:54:00:00:00:01" }, virtual-function-count: 4 } } }',
      want: /match:\n {6}mac: 52:54:00:00:00:01\n {4}numVfs: 4\n$/,
    },
    {
      name: 'a keyfile with switchdev',
      format: 'networkmanager',
      text: '[connection]\ninterface-name=ens1f0\n[sriov]\neswitch-mode=1\ntotal-vfs=2\nvf.1=vlans=7.0.ad;8\n',
      want: /eswitchMode: switchdev\n {4}vfs:\n {6}- index: 1\n {8}vlan:\n {10}id: 7\n {10}qos: 0\n {10}proto: 802\.1ad\n$/,
    },
  ];
  for (const { name, format, text, want } of documents) {
    it(`reads ${name}`, () => assert.match(importConfig(text, 'f', format).text, want));
  }

  const wrong: readonly { format: (typeof IMPORT_FORMATS)[number]; text: string; want: RegExp }[] = [
    { format: 'nmstate', text: 'interfaces:\n  - [', want: /^Cannot read f:\d+:\d+: / },
    {
      format: 'nmstate',
      text: 'interfaces: [{ name: a, ethernet: { sr-iov: { total-vfs: many } } }]',
      want: /^Cannot read f: total-vfs: "many" is not a whole number$/,
    },
    {
      format: 'networkmanager',
      text: '[sriov]\ntotal-vfs=1\nvf.0=mac=zz',
      want: /^Cannot read f: vf\.0 mac: .*"zz"/,
    },
    { format: 'systemd', text: '[Match]\n[SR-IOV]\nTrust=yes', want: /VirtualFunction= is missing/ },
    {
      format: 'systemd',
      text: '[Match]\n[SR-IOV]\nVirtualFunction=0\nTrust=perhaps',
      want: /Trust of VF 0: "perhaps"/,
    },
    {
      format: 'netplan',
      text: 'network: { vlans: { v: { id: 5000, link: x, renderer: sriov } } }',
      want: /vlans\.v\.id: .*5000/,
    },
  ];
  for (const { format, text, want } of wrong) {
    it(`says where ${JSON.stringify(text)} is wrong for ${format}`, () => {
      assert.throws(
        () => importConfig(text, 'f', format),
        (error) => isSriovError(error, 'CONFIG_INVALID') && want.test(error.message),
      );
    });
  }

  it('says that a file has nothing about VFs', () => {
    for (const format of IMPORT_FORMATS)
      assert.match(importConfig('', 'f', format).notes[0] ?? '', /says nothing about VFs/);
  });

  it('takes any text: it reads it or says what is wrong', () => {
    const words = fc.constantFrom(
      '[sriov]',
      '[Match]',
      '[Link]',
      '[SR-IOV]',
      'total-vfs=',
      'vf.0=',
      'VirtualFunction=',
      'VLANId=',
      'network:',
      '  ethernets:',
      'interfaces:',
      '- name: a',
      '  ethernet: {sr-iov: {total-vfs: 2, vfs: [{id: 1}]}}',
      '\n',
      ' ',
      '1',
      '&a',
      '*a',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((each) => each.join('\n')),
          fc.array(words).map((each) => each.join('')),
        ),
        fc.constantFrom(...IMPORT_FORMATS),
        (text, format) => {
          try {
            importConfig(text, 'f', format);
          } catch (error) {
            assert.ok(isSriovError(error, 'CONFIG_INVALID'), String(error));
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});
