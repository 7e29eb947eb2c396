import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostProgramEvent, HostRequest } from '@virtfn/contract';
import { parseHostConfig } from '@virtfn/contract/host-config';
import { fishMachine, SimulatedHost, VirtualClock } from '@virtfn/host-simulator';
import { finding, parsePciAddress } from '@virtfn/model';
import { MemoryJournal } from '../journal/index.ts';
import { runHostProgram } from './index.ts';

const PF = parsePciAddress('0000:82:00.0');
const CONFIG = `
version: 1
pfs:
  - match: { netdevName: eth2 }
    numVfs: 2
    physicalNetworks: [physnet1]
    vfs: [{ index: 0, mac: "52:54:00:00:00:01", vlan: 100 }]
`;

class ClosableJournal extends MemoryJournal {
  async close(): Promise<void> {}
}

function openRig(text: string | null = CONFIG) {
  const machine = fishMachine(new VirtualClock());
  const host = new SimulatedHost(machine);
  const journal = new ClosableJournal();
  const run = async (
    request: HostRequest,
  ): Promise<{ isDone: boolean; events: readonly HostProgramEvent[] }> => {
    const events: HostProgramEvent[] = [];
    const isDone = await runHostProgram(request, {
      host,
      now: () => new Date(0),
      findings: () => [finding('no-sriov-card', 'Text.', 'Hint.')],
      readConfig: async () => (text === null ? null : parseHostConfig(text, 'host.yaml')),
      openJournal: async () => journal,
      evict: [],
      emit: (event) => events.push(event),
    });
    return { isDone, events };
  };
  return { machine, host, run };
}

describe('runHostProgram()', () => {
  it('observe shows the host with the physical networks of its configuration', async () => {
    const { run } = openRig();
    const { isDone, events } = await run('observe');
    assert.ok(isDone);
    const [event] = events;
    assert.ok(event?.event === 'host');
    assert.deepEqual(event.host.physicalNetworks[PF], ['physnet1']);
  });

  it('doctor tells what is wrong', async () => {
    const { isDone, events } = await openRig().run('doctor');
    assert.ok(isDone);
    assert.ok(events[0]?.event === 'findings' && events[0].findings[0]?.code === 'no-sriov-card');
  });

  it('plan shows the steps and changes nothing', async () => {
    const { machine, run } = openRig();
    const { isDone, events } = await run('plan');
    assert.ok(isDone);
    const [event] = events;
    assert.ok(event?.event === 'plan' && event.plan.steps.length > 4);
    assert.equal(machine.pf(PF).numVfs, 0);
  });

  it('apply tells of each step, and plan has nothing left to do after it', async () => {
    const { machine, run } = openRig();
    const first = await run('apply');
    assert.ok(first.isDone);
    assert.ok(first.events.filter((event) => event.event === 'step').length > 4);
    assert.equal(machine.pf(PF).vfs[0]?.settings.vlan?.id, 100);
    const again = await run('plan');
    assert.ok(again.events[0]?.event === 'plan' && again.events[0].plan.steps.length === 0);
  });

  it('apply says what failed, and is tried again the next time', async () => {
    const { host, run } = openRig();
    host.faults.inject({ kind: 'refuse', match: { attribute: 'vlan' }, errno: 'EIO', times: 2 });
    const first = await run('apply');
    assert.equal(first.isDone, false);
    assert.ok(first.events.some((event) => event.event === 'step' && event.error?.code === 'KERNEL_REFUSED'));
    assert.equal((await run('apply')).isDone, true);
  });

  it('tells of a configuration that is wrong', async () => {
    const { isDone, events } = await openRig(
      'version: 1\npfs: [{ match: { netdevName: eth9 }, numVfs: 1 }]',
    ).run('plan');
    assert.equal(isDone, false);
    assert.ok(
      events[0]?.event === 'error' && events[0].error.code === 'PF_UNKNOWN' && events[0].error.hint !== '',
    );
  });

  it('changes nothing where there is no configuration, and says so', async () => {
    const { isDone, events } = await openRig(null).run('apply');
    assert.equal(isDone, false);
    assert.ok(events[0]?.event === 'error' && events[0].error.code === 'DESIRED_STATE_MISSING');
  });
});
