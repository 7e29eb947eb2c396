import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fishMachine, observeMachine, VirtualClock, writeSriovNumvfs } from '@virtfn/host-simulator';
import { isSriovError, parsePciAddress } from '@virtfn/model';
import type { HostConfigEdit } from '../host-program/index.ts';
import { editHostConfig } from './index.ts';

const PF = '0000:82:00.0';

function observed(numVfs = 0) {
  const machine = fishMachine(new VirtualClock());
  if (numVfs > 0) writeSriovNumvfs(machine, machine.pf(parsePciAddress(PF)), numVfs);
  machine.clock.advance(5000);
  return observeMachine(machine);
}

const HOST_YAML = `# our host
version: 1
pfs:
  - match: { netdevName: eth2 } # the left one
    numVfs: 4
    vfs:
      - index: 0
        vlan: 100 # storage
        trust: true
`;

const CASES: readonly {
  readonly name: string;
  readonly text: string | null;
  readonly numVfs?: number;
  readonly edits: readonly HostConfigEdit[];
  readonly want: string;
}[] = [
  {
    name: 'writes a first file',
    text: null,
    edits: [{ kind: 'set-num-vfs', pf: 'eth2', numVfs: 7 }],
    want: 'version: 1\npfs:\n  - match: { pciAddress: 0000:82:00.0 }\n    numVfs: 7\n',
  },
  {
    name: 'changes one number and keeps the comments',
    text: HOST_YAML,
    edits: [{ kind: 'set-num-vfs', pf: PF, numVfs: 7 }],
    want: HOST_YAML.replace('numVfs: 4', 'numVfs: 7'),
  },
  {
    name: 'sets fields of a VF, and takes others away',
    text: HOST_YAML,
    edits: [
      {
        kind: 'set-vf',
        pf: 'eth2',
        vfIndex: 0,
        changes: { trust: false, vlan: null, mac: '52:54:00:00:00:01' },
      },
    ],
    want: HOST_YAML.replace('        vlan: 100 # storage\n', '').replace(
      'trust: true',
      'trust: false\n        mac: 52:54:00:00:00:01',
    ),
  },
  {
    name: 'adds a VF, with all of a VLAN',
    text: HOST_YAML,
    edits: [
      {
        kind: 'set-vf',
        pf: 'eth2',
        vfIndex: 3,
        changes: { vlan: { id: 5, qos: 3, proto: '802.1ad' }, driver: 'vfio-pci' },
      },
    ],
    want: `${HOST_YAML}      - index: 3\n        vlan: { id: 5, qos: 3, proto: 802.1ad }\n        driver: vfio-pci\n`,
  },
  {
    name: 'takes a VF out',
    text: HOST_YAML,
    edits: [{ kind: 'close-vf', pf: 'eth2', vfIndex: 0 }],
    want: HOST_YAML.replace(/ {4}vfs:[^]*/, '    vfs: []\n'),
  },
  {
    name: 'takes VFs out that there will be no more',
    text: `${HOST_YAML}      - index: 2\n    reservedVfs: [1, 3]\n`,
    edits: [{ kind: 'set-num-vfs', pf: 'eth2', numVfs: 2 }],
    want: `${HOST_YAML.replace('numVfs: 4', 'numVfs: 2')}    reservedVfs: [ 1 ]\n`,
  },
  {
    name: 'leaves VFs alone that were there before it came',
    text: null,
    numVfs: 3,
    edits: [
      { kind: 'set-vf', pf: 'eth2', vfIndex: 1, changes: { trust: true } },
      { kind: 'set-vf', pf: 'eth2', vfIndex: 2, changes: { spoofCheck: false } },
    ],
    want: `version: 1
pfs:
  - match: { pciAddress: 0000:82:00.0 }
    numVfs: 3
    reservedVfs: [ 0 ]
    vfs:
      - index: 1
        trust: true
      - index: 2
        spoofCheck: false
`,
  },
];

describe('editHostConfig()', () => {
  for (const { name, text, edits, want, numVfs } of CASES) {
    it(name, () => {
      assert.equal(editHostConfig(text, 'host.yaml', edits, observed(numVfs)), want);
      assert.equal(editHostConfig(want, 'host.yaml', edits, observed(numVfs)), want, 'again changes nothing');
    });
  }

  const refused: readonly { name: string; text: string; edit: HostConfigEdit; want: RegExp }[] = [
    {
      name: 'a VF that there is not',
      text: HOST_YAML,
      edit: { kind: 'set-vf', pf: 'eth2', vfIndex: 4, changes: { trust: true } },
      want: /host\.yaml:10:.*VF 4 is not one of the 4 VFs/,
    },
    {
      name: 'a PF that there is not',
      text: HOST_YAML,
      edit: { kind: 'set-num-vfs', pf: 'eth9', numVfs: 1 },
      want: /"eth9".*eth2 \(0000:82:00\.0\)/,
    },
    {
      name: 'one PF of an entry that means several',
      text: 'version: 1\npfs: [{ match: { productId: 10c9 }, numVfs: 2 }]',
      edit: { kind: 'set-num-vfs', pf: 'eth2', numVfs: 1 },
      want: /also means 0000:82:00\.1/,
    },
    {
      name: 'to close a VF of a PF that is not in the file',
      text: HOST_YAML,
      edit: { kind: 'close-vf', pf: 'eth3', vfIndex: 0 },
      want: /host\.yaml does not speak of this PF/,
    },
    {
      name: 'a MAC address that is none',
      text: HOST_YAML,
      edit: { kind: 'set-vf', pf: 'eth2', vfIndex: 0, changes: { mac: 'x' } },
      want: /host\.yaml:.*MAC address/,
    },
  ];
  for (const { name, text, edit, want } of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => editHostConfig(text, 'host.yaml', [edit], observed()),
        (error) => isSriovError(error) && want.test(error.message),
      );
    });
  }
});
