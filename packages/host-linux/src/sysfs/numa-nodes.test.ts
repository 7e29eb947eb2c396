import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fishMachine,
  INTEL_82576,
  observeMachine,
  printSysfs,
  SimulatedMachine,
  VirtualClock,
} from '@virtfn/host-simulator';
import { type NumaNode, parseHostId } from '@virtfn/model';
import { readMachine } from '../index.ts';
import { layOutTree, readFixture, varyTree } from '../testing/tree-loader.ts';

const NODE = '/sys/devices/system/node';
const CPU = '/sys/devices/system/cpu';

/** `fish` has node 0 with the CPUs 0-3,8-11 of socket 0, and node 1 with 4-7,12-15 of socket 1. */
const cases: readonly {
  readonly name: string;
  readonly lines?: string;
  readonly without?: readonly string[];
  readonly want: readonly NumaNode[];
}[] = [
  {
    name: 'a socket of its own for each node',
    want: [
      { node: 0, socket: 0 },
      { node: 1, socket: 1 },
    ],
  },
  {
    name: 'two nodes of one socket, and numbers with gaps, in their order',
    lines: `${NODE}/node10/cpulist = 16\n${CPU}/cpu16/topology/physical_package_id = 1`,
    want: [
      { node: 0, socket: 0 },
      { node: 1, socket: 1 },
      { node: 10, socket: 1 },
    ],
  },
  {
    name: 'the first CPU that runs, when others were switched off',
    lines: `${NODE}/node1/cpulist = 13,15\n${CPU}/cpu13/topology/physical_package_id = 1`,
    without: [`${CPU}/cpu4`],
    want: [
      { node: 0, socket: 0 },
      { node: 1, socket: 1 },
    ],
  },
  {
    name: 'no node that has memory only',
    lines: `${NODE}/node1/cpulist = `,
    want: [{ node: 0, socket: 0 }],
  },
  {
    name: 'no node whose socket the firmware does not tell',
    lines: `${CPU}/cpu0/topology/physical_package_id = -1`,
    want: [{ node: 1, socket: 1 }],
  },
  {
    name: 'no node whose CPU is gone before it is looked at',
    without: [`${CPU}/cpu4`],
    want: [{ node: 0, socket: 0 }],
  },
  { name: 'nothing on a kernel without NUMA', without: [NODE], want: [] },
];

for (const { name, lines = '', without = [], want } of cases) {
  test(`readNumaNodes() finds ${name}`, (t) => {
    const root = layOutTree(t, varyTree(readFixture('fish'), lines, without));
    assert.deepEqual(readMachine(root).numaNodes, want);
  });
}

test('readNumaNodes() sees the nodes of a simulated machine as the simulator does', (t) => {
  const slots = [{ card: INTEL_82576, slot: '0000:82:00', netdevNames: ['eth0', 'eth1'], numaNode: 3 }];
  const numaNodes = [0, 1, 2, 3].map((node) => ({ node, socket: Math.floor(node / 2) }));
  const machines = [
    fishMachine(new VirtualClock()),
    new SimulatedMachine(parseHostId('usual'), new VirtualClock(), slots),
    new SimulatedMachine(parseHostId('clustered'), new VirtualClock(), slots, { numaNodes }),
  ];
  const sockets = machines.map((machine) => {
    const seen = observeMachine(machine).numaNodes;
    assert.deepEqual(readMachine(layOutTree(t, printSysfs(machine))).numaNodes, seen);
    return seen.map(({ socket }) => socket);
  });
  assert.deepEqual(sockets, [
    [0, 1],
    [0, 1, 2, 3],
    [0, 0, 1, 1],
  ]);
});
