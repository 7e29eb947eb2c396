import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHostId } from '@virtfn/model';
import { CARDS } from '../cards/index.ts';
import { fishMachine } from '../fleet/index.ts';
import { writeSriovNumvfs } from '../kernel/index.ts';
import { SimulatedMachine, VirtualClock } from '../machine/index.ts';
import { printLspci } from './index.ts';

/** fish with VFs on the ports of its 82576, some time after. */
function fishWith(vfs: { readonly eth2?: number; readonly eth3?: number }): SimulatedMachine {
  const machine = fishMachine(new VirtualClock());
  for (const pf of machine.pfs) {
    if (pf.netdevName === 'eth2') writeSriovNumvfs(machine, pf, vfs.eth2 ?? 0);
    if (pf.netdevName === 'eth3') writeSriovNumvfs(machine, pf, vfs.eth3 ?? 0);
  }
  machine.clock.advance(5000);
  return machine;
}

test('printLspci() prints fish before SR-IOV, as `lspci | grep Ethernet` did', () => {
  assert.equal(
    printLspci(fishWith({}), { ids: false }),
    `\
07:00.0 Ethernet controller: Intel Corporation I350 Gigabit Network Connection (rev 01)
07:00.1 Ethernet controller: Intel Corporation I350 Gigabit Network Connection (rev 01)
82:00.0 Ethernet controller: Intel Corporation 82576 Gigabit Network Connection (rev 01)
82:00.1 Ethernet controller: Intel Corporation 82576 Gigabit Network Connection (rev 01)
`,
  );
});

test('printLspci() prints fish after `echo 1 > sriov_numvfs` on 82:00.1', () => {
  assert.equal(
    printLspci(fishWith({ eth3: 1 }), { ids: false }),
    `\
07:00.0 Ethernet controller: Intel Corporation I350 Gigabit Network Connection (rev 01)
07:00.1 Ethernet controller: Intel Corporation I350 Gigabit Network Connection (rev 01)
82:00.0 Ethernet controller: Intel Corporation 82576 Gigabit Network Connection (rev 01)
82:00.1 Ethernet controller: Intel Corporation 82576 Gigabit Network Connection (rev 01)
82:10.1 Ethernet controller: Intel Corporation 82576 Virtual Function (rev 01)
`,
  );
});

test('printLspci() prints fish with VFs 0 and 1 on 82:00.0, as `lspci -nn | grep -i ethernet` did', () => {
  assert.equal(
    printLspci(fishWith({ eth2: 2 })),
    `\
07:00.0 Ethernet controller [0200]: Intel Corporation I350 Gigabit Network Connection [8086:1521] (rev 01)
07:00.1 Ethernet controller [0200]: Intel Corporation I350 Gigabit Network Connection [8086:1521] (rev 01)
82:00.0 Ethernet controller [0200]: Intel Corporation 82576 Gigabit Network Connection [8086:10c9] (rev 01)
82:00.1 Ethernet controller [0200]: Intel Corporation 82576 Gigabit Network Connection [8086:10c9] (rev 01)
82:10.0 Ethernet controller [0200]: Intel Corporation 82576 Virtual Function [8086:10ca] (rev 01)
82:10.2 Ethernet controller [0200]: Intel Corporation 82576 Virtual Function [8086:10ca] (rev 01)
`,
  );
});

test('printLspci() shows no VF whose folder is not there yet', () => {
  const machine = fishMachine(new VirtualClock());
  const [, , , eth3] = machine.pfs;
  assert.ok(eth3 !== undefined);
  writeSriovNumvfs(machine, eth3, 1);
  assert.doesNotMatch(printLspci(machine), /82:10\.1/);
  machine.clock.advance(20);
  assert.match(printLspci(machine), /^82:10\.1/m);
});

/** The first port and its second VF, with three VFs on both ports. */
const cards: readonly { readonly name: string; readonly want: readonly [pf: string, vf: string] }[] = [
  {
    name: '82576',
    want: [
      '3b:00.0 Ethernet controller [0200]: Intel Corporation 82576 Gigabit Network Connection [8086:10c9] (rev 01)',
      '3b:10.2 Ethernet controller [0200]: Intel Corporation 82576 Virtual Function [8086:10ca] (rev 01)',
    ],
  },
  {
    name: 'i350',
    want: [
      '3b:00.0 Ethernet controller [0200]: Intel Corporation I350 Gigabit Network Connection [8086:1521] (rev 01)',
      '3c:10.4 Ethernet controller [0200]: Intel Corporation I350 Ethernet Controller Virtual Function [8086:1520] (rev 01)',
    ],
  },
  {
    name: 'x710',
    want: [
      '3b:00.0 Ethernet controller [0200]: Intel Corporation Ethernet Controller X710 for 10GbE SFP+ [8086:1572] (rev 02)',
      '3b:02.1 Ethernet controller [0200]: Intel Corporation Ethernet Virtual Function 700 Series [8086:154c] (rev 02)',
    ],
  },
  {
    name: 'e810',
    want: [
      '3b:00.0 Ethernet controller [0200]: Intel Corporation Ethernet Controller E810-C for QSFP [8086:1592] (rev 02)',
      '3b:01.1 Ethernet controller [0200]: Intel Corporation Ethernet Adaptive Virtual Function [8086:1889] (rev 02)',
    ],
  },
  {
    name: 'connectx-6',
    want: [
      '3b:00.0 Ethernet controller [0200]: Mellanox Technologies MT28908 Family [ConnectX-6] [15b3:101b]',
      '3b:00.3 Ethernet controller [0200]: Mellanox Technologies MT28908 Family [ConnectX-6 Virtual Function] [15b3:101c]',
    ],
  },
  {
    name: 'bcm57414',
    want: [
      '3b:00.0 Ethernet controller [0200]: Broadcom Inc. and subsidiaries BCM57414 NetXtreme-E 10Gb/25Gb RDMA Ethernet Controller [14e4:16d7] (rev 01)',
      '3b:02.1 Ethernet controller [0200]: Broadcom Inc. and subsidiaries NetXtreme-E Ethernet Virtual Function [14e4:16dc] (rev 01)',
    ],
  },
];

for (const { name, want } of cards) {
  test(`printLspci() prints card ${name} and its VFs, sorted by address`, () => {
    const card = CARDS[name];
    assert.ok(card !== undefined);
    const slot = { card, slot: '0000:3b:00', netdevNames: ['ens1f0', 'ens1f1'] };
    const machine = new SimulatedMachine(parseHostId('host'), new VirtualClock(), [slot]);
    for (const pf of machine.pfs) writeSriovNumvfs(machine, pf, 3);
    machine.clock.advance(5000);
    const lines = printLspci(machine).trimEnd().split('\n');
    assert.equal(lines.length, 8);
    assert.deepEqual(lines, lines.toSorted());
    for (const line of want) assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join('\n')}`);
  });
}

test('the table above has every card', () => {
  assert.deepEqual(cards.map(({ name }) => name).toSorted(), Object.keys(CARDS).toSorted());
});

test('printLspci() prints domains on a machine that has another one than 0000', () => {
  const card = CARDS['82576'];
  assert.ok(card !== undefined);
  const machine = new SimulatedMachine(parseHostId('host'), new VirtualClock(), [
    { card, slot: '0001:3b:00', netdevNames: ['ens1f0', 'ens1f1'] },
    { card, slot: '0000:3b:00', netdevNames: ['ens2f0', 'ens2f1'] },
  ]);
  const places = printLspci(machine).match(/^\S+/gm);
  assert.deepEqual(places, ['0000:3b:00.0', '0000:3b:00.1', '0001:3b:00.0', '0001:3b:00.1']);
});
