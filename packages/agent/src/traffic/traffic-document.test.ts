import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAgentMessage } from '@virtfn/contract/agent-link';
import {
  INTEL_82576,
  INTEL_E810,
  observeMachine,
  setVfDriver,
  SimulatedCounters,
  SimulatedHost,
  SimulatedMachine,
  TrafficMeter,
  VirtualClock,
} from '@virtfn/host-simulator';
import { isSriovError, parseHostId, parsePciAddress } from '@virtfn/model';
import { answersAboutTraffic, RecentCounters } from './index.ts';

const COUNTING = parsePciAddress('0000:3b:00.0');
const SILENT = parsePciAddress('0000:82:00.0');

test('answersAboutTraffic() tells what cards count, else what interfaces of VFs on the host count, and of the rest nothing', async () => {
  const clock = new VirtualClock();
  const machine = new SimulatedMachine(parseHostId('fish'), clock, [
    { card: INTEL_E810, slot: '0000:3b:00', netdevNames: ['ens1f0', 'ens1f1'] },
    { card: INTEL_82576, slot: '0000:82:00', netdevNames: ['ens2f0', 'ens2f1'] },
  ]);
  const host = new SimulatedHost(machine);
  for (const pf of [COUNTING, SILENT]) await host.apply({ kind: 'set-num-vfs', pf, from: 0, numVfs: 2 });
  clock.advance(5000 - clock.now());
  const meter = new TrafficMeter();
  const most = 2n ** 64n - 1n;
  for (const pf of [COUNTING, SILENT].map((each) => machine.pf(each))) {
    meter.count(pf, { txBytes: 7n });
    for (const vf of pf.vfs) meter.count(vf, { rxBytes: most, rxPackets: 1n });
  }
  // One VF of the card that does not tell is a virtual machine's, the other has an interface on the host.
  const silent = machine.pf(SILENT);
  setVfDriver(machine, silent, machine.vf(silent, 0), 'vfio-pci');
  setVfDriver(machine, silent, machine.vf(silent, 1), 'kernel');
  const counters = new RecentCounters(new SimulatedCounters(machine, meter), () => clock.now());
  const { traffic: answer } = answersAboutTraffic({
    counters,
    pfs: () => observeMachine(machine).pfs,
    now: () => new Date(90_000),
  });
  assert.ok(answer !== undefined);
  const { traffic: first } = await answer({ about: 'traffic', pf: COUNTING });
  assert.deepEqual(
    first.pfs.map(({ pf, own, vfs }) => [
      pf,
      own.txBytes,
      vfs.map((vf) => [vf.vfIndex, vf.countedBy, vf.rxBytes]),
    ]),
    [[COUNTING, '7', [0, 1].map((index) => [index, 'card', String(most)])]],
  );
  clock.advance(400);
  const { traffic: all } = await answer({ about: 'traffic', pf: null });
  const message = { kind: 'answer', id: 1, answer: { about: 'traffic', traffic: all } };
  assert.deepEqual(parseAgentMessage(JSON.stringify(message)), message);
  assert.deepEqual(
    all.pfs.map(({ pf, vfs, clockMs, ageMs }) => [pf, vfs.length, clockMs, ageMs]),

    [
      [COUNTING, 2, 5000, 400],
      ['0000:3b:00.1', 0, 5400, 0],
      [SILENT, 1, 5400, 0],
      ['0000:82:00.1', 0, 5400, 0],
    ],
  );
  assert.equal(Date.parse(all.pfs[0]?.readAt ?? ''), 89_600);
  assert.equal(all.pfs[2]?.vfs[0]?.countedBy, 'interface');
  assert.equal(all.pfs[2]?.vfs[0]?.vfIndex, 1);
  await assert.rejects(answer({ about: 'traffic', pf: parsePciAddress('0000:01:00.0') }), (error) =>
    isSriovError(error, 'PF_UNKNOWN'),
  );
});
