import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FleetEvent, HostReport } from '@virtfn/contract';
import { fishMachine, observeMachine, VirtualClock } from '@virtfn/host-simulator';
import { parseHostId } from '@virtfn/model';
import type { EntryWords } from './audit-step.ts';
import { SeenHost } from './seen-host.ts';

const START = Date.parse('2026-01-02T03:04:05Z');

function openRig() {
  let now = START;
  const seen = new SeenHost({ now: () => new Date(now), hostId: () => 'fish' });
  const told: FleetEvent[] = [];
  seen.subscribe((event) => told.push(event));
  const take = (): readonly string[] => told.splice(0).map(({ kind, id }) => `${kind} ${id}`);
  return { seen, told, take, pass: (ms: number) => (now += ms) };
}

const reportOf = (hostId = 'fish', more: Partial<HostReport> = {}): HostReport => ({
  observed: observeMachine(fishMachine(new VirtualClock(), parseHostId(hostId))),
  findings: [],
  physicalNetworks: new Map(),
  ...more,
});

const WORDS: EntryWords = {
  actor: { kind: 'agent' },
  cause: 'reconcile',
  action: 'set-vf',
  text: 'set something',
  object: null,
  pf: null,
  vfIndex: null,
  portId: null,
  attachmentId: null,
  error: null,
};

describe('SeenHost', () => {
  it('tells of findings when they are not what they were', () => {
    const { seen, take } = openRig();
    const finding = {
      code: 'vfio-missing',
      title: 't',
      severity: 'info',
      text: 'x',
      hint: 'h',
      pf: null,
    } as const;
    seen.noteReport(reportOf());
    assert.deepEqual(take(), ['host fish']);
    seen.noteReport(reportOf('fish', { findings: [finding] }));
    assert.deepEqual(take(), ['host fish', 'finding fish']);
    seen.noteReport(reportOf('fish', { findings: [finding] }));
    assert.deepEqual(take(), []);
  });

  it('tells that a host has another name since it is in a fleet', () => {
    const { seen, told } = openRig();
    seen.noteReport(reportOf('fish'));
    seen.noteReport(reportOf('compute1'));
    assert.deepEqual(
      told.map((event) => (event.kind === 'host' ? [event.id, event.view === null] : [])),
      [
        ['fish', false],
        ['fish', true],
        ['compute1', false],
      ],
    );
    assert.deepEqual([seen.isAlive('fish'), seen.isAlive('compute1')], [false, true]);
  });

  it('tells once that it could not look for long, and once that it can again', () => {
    const { seen, take, pass } = openRig();
    seen.tick();
    seen.noteReport(reportOf());
    take();
    seen.tick();
    assert.deepEqual(take(), []);
    pass(200_000);
    seen.tick();
    seen.tick();
    assert.deepEqual(take(), ['host fish']);
    seen.noteReport(reportOf());
    assert.deepEqual(take(), ['host fish']);
  });

  it('tells of looks that found all as it was once a minute, so that nobody takes them for old', () => {
    const { seen, told, pass } = openRig();
    seen.noteReport(reportOf());
    told.splice(0);
    const times: (string | undefined)[] = [];
    for (let look = 0; look < 5; look += 1) {
      pass(30_000);
      seen.noteReport(reportOf());
      seen.tick();
      for (const event of told.splice(0)) {
        assert.ok(event.kind === 'host');
        assert.deepEqual(event.view?.changed, { pfs: [], vfs: [] });
        times.push(event.view?.summary.reportedAt);
      }
    }
    assert.deepEqual(times, ['2026-01-02T03:05:05.000Z', '2026-01-02T03:06:05.000Z']);
  });

  it('keeps the last 1,000 steps, the latest first, each with a number of its own', () => {
    const { seen } = openRig();
    // Before the first look has ended: what it repairs is told first.
    for (let step = 0; step < 1500; step += 1) seen.noteStep({ ...WORDS, text: `step ${step}` });
    assert.deepEqual(
      [seen.steps.length, seen.steps[0]?.text, seen.steps[999]?.text],
      [1000, 'step 1499', 'step 500'],
    );
    assert.equal(new Set(seen.steps.map(({ id }) => id)).size, 1000);
    assert.equal(seen.steps[0]?.hostId, 'fish');
  });
});
