import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostConfigEdit, HostProgramEvent, HostRequest } from '@virtfn/contract';
import { parseHostConfig } from '@virtfn/contract/host-config';
import {
  fishMachine,
  SimulatedHost,
  SimulatedHypervisor,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import { finding, isSriovError, parsePciAddress } from '@virtfn/model';
import { NO_FLEET } from '../ports/index.ts';
import { MemoryJournal, MemoryOwnPorts } from '../journal/index.ts';
import { OneTimeKeeper } from '../keeper/index.ts';
import { answerRequest, answersAboutChanges, type AskedContext } from './index.ts';

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

const PLANNED = { configFile: null, edits: [], evict: [], reloadDriver: false } as const;
type Short = HostRequest['request'] | HostRequest;

function openRig(given: string | null = CONFIG) {
  const machine = fishMachine(new VirtualClock());
  const host = new SimulatedHost(machine);
  const journal = new ClosableJournal();
  const file = { text: given, writes: 0 };
  const stop = new AbortController();
  const asked: AskedContext = {
    host,
    keeper: new OneTimeKeeper({
      host,
      openJournal: async () => journal,
      readClaims: async () => journal.claims(),
    }),
    now: () => new Date(0),
    findings: async () => [finding('no-sriov-card', 'Text.', 'Hint.')],
    fleet: NO_FLEET,
    machines: { hypervisor: new SimulatedHypervisor(machine), ownPorts: new MemoryOwnPorts() },
    filterKeeper: null,
    clock: machine.clock,
    newUuid: randomUUID,
    onDomainStep: () => {},
    openConfig: (named) => ({
      name: named ?? 'host.yaml',
      read: async () => file.text,
      write: async (text) => {
        file.text = text;
        file.writes += 1;
      },
      parse: async (text) => parseHostConfig(text, 'host.yaml'),
    }),
    onStep: () => {},
  };
  const ask = async (short: Short, onEvent: (event: HostProgramEvent) => void = () => {}) => {
    const request = (
      typeof short === 'object'
        ? short
        : { request: short, ...(short === 'diff' ? { configFile: null } : PLANNED) }
    ) as HostRequest;
    const events: HostProgramEvent[] = [];
    await answerRequest(request, {
      ...asked,
      emit: (event) => {
        events.push(event);
        onEvent(event);
      },
      signal: stop.signal,
    });
    return events;
  };
  const edit = (request: 'apply' | 'plan', ...edits: HostConfigEdit[]) =>
    ask({ request, ...PLANNED, evict: [], edits } satisfies HostRequest);
  return { machine, host, journal, file, stop, asked, ask, edit };
}

const lastOf = (events: readonly HostProgramEvent[]): HostProgramEvent =>
  events.at(-1) ?? assert.fail('no event');

describe('answerRequest()', () => {
  it('observe shows the host with its physical networks, and whose each VF is', async () => {
    const { ask } = openRig();
    await ask('apply');
    const event = lastOf(await ask('observe'));
    assert.ok(event.event === 'host');
    assert.deepEqual(event.host.physicalNetworks[PF], ['physnet1']);
    assert.equal(event.host.findings[0]?.code, 'no-sriov-card');
    const vf = event.host.pfs.find((pf) => pf.pciAddress === PF)?.vfs[0];
    assert.equal(vf?.attachmentId, 'host.0000-82-00.0.0');
  });

  it('observe shows the host also when its host.yaml is wrong', async () => {
    assert.equal(lastOf(await openRig('version: 7').ask('observe')).event, 'host');
  });

  it('plan shows the steps and changes nothing', async () => {
    const { machine, ask } = openRig();
    const event = lastOf(await ask('plan'));
    assert.ok(event.event === 'plan' && event.plan.steps.length > 4 && event.config === null);
    assert.equal(machine.pf(PF).numVfs, 0);
  });

  it('apply tells of each step, and plan and diff have nothing left after it', async () => {
    const { machine, ask } = openRig();
    const first = await ask('apply');
    assert.ok(first.filter((event) => event.event === 'step').length > 4);
    assert.equal(machine.pf(PF).vfs[0]?.settings.vlan?.id, 100);
    const again = lastOf(await ask('plan'));
    assert.ok(again.event === 'plan' && again.plan.steps.length === 0);
    assert.deepEqual(lastOf(await ask('diff')), { event: 'drift', drift: [] });
  });

  it('apply says what failed, and is tried again the next time', async () => {
    const { host, ask } = openRig();
    host.faults.inject({ kind: 'refuse', match: { attribute: 'vlan' }, errno: 'EIO', times: 2 });
    const first = await ask('apply');
    assert.ok(first.some((event) => event.event === 'step' && event.error?.code === 'KERNEL_REFUSED'));
    const left = lastOf(first);
    assert.ok(left.event === 'plan' && left.plan.refusals[0]?.code === 'SECURITY_SETTING_FAILED');
    const again = lastOf(await ask('apply'));
    assert.ok(again.event === 'plan' && again.plan.refusals.length === 0);
  });

  it('apply ends behind the step under way when the asker goes away', async () => {
    const { ask, stop } = openRig();
    const events = await ask('apply', () => stop.abort());
    assert.equal(events.filter((event) => event.event === 'step').length, 1);
    const left = lastOf(events);
    assert.ok(left.event === 'plan' && left.plan.steps.length > 4);
  });

  it('an edit is planned without being written, and applied with being written', async () => {
    const { machine, file, edit } = openRig();
    const shown = lastOf(await edit('plan', { kind: 'set-num-vfs', pf: 'eth2', numVfs: 3 }));
    assert.ok(shown.event === 'plan' && shown.config?.after.includes('numVfs: 3'));
    assert.equal(file.text, CONFIG);
    await edit('apply', { kind: 'set-num-vfs', pf: 'eth2', numVfs: 3 });
    assert.match(file.text ?? '', /numVfs: 3/);
    assert.equal(machine.pf(PF).numVfs, 3);
    await edit('apply', { kind: 'set-num-vfs', pf: 'eth2', numVfs: 3 });
    assert.equal(file.writes, 1);
  });

  it('an edit starts a first host.yaml', async () => {
    const { machine, file, edit } = openRig(null);
    await edit('apply', { kind: 'set-num-vfs', pf: 'eth2', numVfs: 1 });
    assert.equal(file.text, 'version: 1\npfs:\n  - match: { pciAddress: 0000:82:00.0 }\n    numVfs: 1\n');
    assert.equal(machine.pf(PF).numVfs, 1);
  });

  it('an edit that cannot be had is refused at once, and not written', async () => {
    const text = CONFIG.replace('vlan: 100', 'driver: vfio-pci');
    const { machine, file, ask, edit } = openRig(text);
    await ask('apply');
    machine.addVfUser(machine.pf(PF), 0, { kind: 'vfio', process: 'qemu', vm: 'web-1' });
    for (const numVfs of [0, 5]) {
      const events = await edit('apply', { kind: 'set-num-vfs', pf: 'eth2', numVfs });
      const [error] = events;
      assert.ok(events.length === 1 && error?.event === 'error' && error.error.code === 'VFS_IN_USE');
      assert.match(error.error.message, /virtual machine web-1/);
    }
    assert.equal(file.text, text);
    assert.equal(machine.pf(PF).numVfs, 2);
  });

  it('an edit goes through although something else of the file cannot be had', async () => {
    const { file, edit } = openRig(`${CONFIG}  - { match: { netdevName: eth3 }, numVfs: 99 }\n`);
    const left = lastOf(await edit('apply', { kind: 'set-num-vfs', pf: 'eth2', numVfs: 3 }));
    assert.ok(left.event === 'plan' && left.plan.refusals[0]?.code === 'NUM_VFS_INVALID');
    assert.match(file.text ?? '', /numVfs: 3/);
  });

  it('diff shows what is wanted, what the kernel shows, and what the driver cannot', async () => {
    const { machine, ask } = openRig(CONFIG.replace('vlan: 100', 'vlan: 100, linkState: disable'));
    await ask('apply');
    machine.pf(PF).adminUp = false;
    const event = lastOf(await ask('diff'));
    assert.ok(event.event === 'drift');
    assert.deepEqual(
      event.drift.map(({ vfIndex, field, wanted, observed, refused }) => [
        vfIndex,
        field,
        wanted,
        observed,
        refused?.code ?? null,
      ]),
      [
        [null, 'adminUp', 'up', 'down', null],
        [0, 'driver', 'kernel', 'none', 'ATTRIBUTE_UNSUPPORTED'],
        [0, 'mac', '52:54:00:00:00:01', 'none', 'ATTRIBUTE_UNSUPPORTED'],
        [0, 'vlan', '100', 'none', 'ATTRIBUTE_UNSUPPORTED'],
        [0, 'linkState', 'disable', 'auto', 'ATTRIBUTE_UNSUPPORTED'],
      ],
    );
  });

  it('watch shows the host again whenever it changes, until nobody watches', async () => {
    const { machine, ask, stop } = openRig();
    const numVfs: (number | undefined)[] = [];
    await ask({ request: 'watch' }, (event) => {
      assert.ok(event.event === 'host');
      numVfs.push(event.host.pfs.find((pf) => pf.pciAddress === PF)?.numVfs);
      if (numVfs.length === 1) writeSriovNumvfs(machine, machine.pf(PF), 3);
      if (numVfs.at(-1) === 3) stop.abort();
    });
    assert.deepEqual([numVfs[0], numVfs.at(-1)], [0, 3]);
  });

  const wrong: readonly { name: string; text: string | null; request: Short; code: string }[] = [
    {
      name: 'a PF that there is not',
      text: 'version: 1\npfs: [{ match: { netdevName: eth9 }, numVfs: 1 }]',
      request: 'plan',
      code: 'PF_UNKNOWN',
    },
    { name: 'no host.yaml', text: null, request: 'apply', code: 'DESIRED_STATE_MISSING' },
    { name: 'no host.yaml to compare with', text: null, request: 'diff', code: 'DESIRED_STATE_MISSING' },
  ];
  for (const { name, text, request, code } of wrong) {
    it(`tells of ${name}`, async () => {
      const event = lastOf(await openRig(text).ask(request));
      assert.ok(event.event === 'error' && event.error.code === code && event.error.hint !== '');
    });
  }
});

describe('answersAboutChanges()', () => {
  const change = (numVfs: number) => ({ about: 'apply', change: { pfs: [{ pf: PF, numVfs }] } }) as const;

  it('refuses where host.yaml does not allow it, or is not there, and changes nothing', async () => {
    for (const config of [CONFIG, null]) {
      const { machine, file, asked } = openRig(config);
      const { apply } = answersAboutChanges(() => asked);
      await assert.rejects(
        async () => apply?.(change(3)),
        (error) => isSriovError(error, 'CHANGE_NOT_ALLOWED'),
      );
      assert.equal(file.writes, 0);
      assert.equal(machine.pf(PF).numVfs, 0);
    }
  });

  it('writes what is allowed into host.yaml, brings the host to it, and tells what was done', async () => {
    const { machine, file, asked } = openRig(`${CONFIG}controllerMayChangeVfs: true\n`);
    const { apply } = answersAboutChanges(() => asked);
    const answer = await apply?.(change(3));
    assert.ok(answer !== undefined);
    const { steps, plan } = answer.applied;
    assert.ok(steps.length > 3 && steps.every(({ error }) => error === null));
    assert.deepEqual(plan.steps, []);
    assert.equal(machine.pf(PF).numVfs, 3);
    assert.match(file.text ?? '', /numVfs: 3/);
  });

  it('gives back the error of what a card cannot, with host.yaml as it was', async () => {
    const { file, asked } = openRig(`${CONFIG}controllerMayChangeVfs: true\n`);
    const { apply } = answersAboutChanges(() => asked);
    await assert.rejects(
      async () => apply?.(change(900)),
      (error) => isSriovError(error, 'NUM_VFS_INVALID'),
    );
    assert.equal(file.writes, 0);
  });
});
