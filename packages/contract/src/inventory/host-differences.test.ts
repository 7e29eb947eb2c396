import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fishMachine, observeMachine, VirtualClock } from '@virtfn/host-simulator';
import { parsePciAddress } from '@virtfn/model';
import { hostDifferences } from './host-differences.ts';
import type { ReportedHost } from './reported-host.ts';

const [first, ...others] = observeMachine(fishMachine(new VirtualClock())).pfs;
assert.ok(first !== undefined);

const BEFORE: ReportedHost = {
  observed: { ...observeMachine(fishMachine(new VirtualClock())), pfs: [first, ...others] },
  findings: [],
  physicalNetworks: new Map(),
  drift: [],
  reportedAt: new Date(0),
};
const DRIFT = [
  {
    pf: parsePciAddress('0000:82:00.0'),
    vfIndex: 1,
    field: 'vlan',
    wanted: '150',
    observed: 'none',
    refused: null,
  },
];

describe('hostDifferences()', () => {
  for (const { name, after, want } of [
    {
      name: 'is nothing where only the time is another one',
      after: { ...BEFORE, reportedAt: new Date(1) },
      want: { pfs: [], vfs: [] },
    },
    {
      name: 'tells what is not as wanted, so that nobody has to look at a host anew for each port that comes',
      after: { ...BEFORE, drift: DRIFT },
      want: { pfs: [], vfs: [], drift: DRIFT },
    },
    {
      name: 'sends to look again where an agent no longer says what it said',
      after: { ...BEFORE, drift: undefined },
      want: null,
    },
    {
      name: 'sends to look again where a PF has gone',
      after: { ...BEFORE, observed: { ...BEFORE.observed, pfs: others } },
      want: null,
    },
    {
      name: 'sends to look again where something else differs',
      after: { ...BEFORE, canFilter: true },
      want: null,
    },
  ])
    it(name, () => {
      const { drift, ...rest } = after;
      assert.deepEqual(hostDifferences(BEFORE, drift === undefined ? rest : { ...rest, drift }), want);
    });
});
