import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PLAIN_ATTACH } from '@virtfn/contract/host-program/testing';
import type { HostProgramEvent, HostRequest } from '@virtfn/contract';
import type { AttachRequest } from '@virtfn/contract/host-program';
import { parseHostConfig } from '@virtfn/contract/host-config';
import {
  fishMachine,
  SimulatedHost,
  SimulatedHypervisor,
  type SimulatedDomainOptions,
  VirtualClock,
} from '@virtfn/host-simulator';
import { ownerOfAlias, parsePciAddress } from '@virtfn/model';
import { MemoryJournal, MemoryOwnPorts } from '../journal/index.ts';
import { SharedKeeper } from '../keeper/index.ts';
import { NO_FLEET } from '../ports/index.ts';
import { answerRequest } from './index.ts';

const PF = parsePciAddress('0000:82:00.0');
const CONFIG = `
version: 1
pfs:
  - match: { netdevName: eth2 }
    numVfs: 3
    physicalNetworks: [physnet1]
    vfs: [{ index: 0 }]
bridges:
  - { name: br0, physicalNetwork: physnet1, vlan: 100 }
`;

const ATTACH = {
  ...PLAIN_ATTACH,
  vm: 'web1',
  kind: 'direct',
  scope: null,
  physicalNetwork: 'physnet1',
  vlanId: 100,
  mac: '52:54:00:aa:00:01',
} as const satisfies AttachRequest;

const DETACH = {
  request: 'detach',
  configFile: null,
  vm: 'web1',
  attachment: null,
  force: false,
  waitSeconds: 5,
  dryRun: false,
} as const;

async function openRig(options: SimulatedDomainOptions = {}) {
  const clock = new VirtualClock();
  const machine = fishMachine(clock);
  const host = new SimulatedHost(machine);
  const hypervisor = new SimulatedHypervisor(machine);
  const ownPorts = new MemoryOwnPorts();
  const journal = new MemoryJournal();
  const vm = hypervisor.define('web1', options);
  const ask = async (request: HostRequest): Promise<readonly HostProgramEvent[]> => {
    const events: HostProgramEvent[] = [];
    await answerRequest(request, {
      host,
      keeper: new SharedKeeper(host, journal),
      now: () => new Date(0),
      findings: async () => [],
      fleet: NO_FLEET,
      machines: { hypervisor, ownPorts },
      filterKeeper: null,
      clock,
      newUuid: randomUUID,
      openConfig: () => ({
        name: 'host.yaml',
        read: async () => CONFIG,
        write: async () => assert.fail('nobody writes it'),
        parse: async (text) => parseHostConfig(text, 'host.yaml'),
      }),
      onStep: () => {},
      onDomainStep: () => {},
      emit: (event) => void events.push(event),
      signal: new AbortController().signal,
    });
    return events;
  };
  const last = async (request: HostRequest): Promise<HostProgramEvent | undefined> =>
    (await ask(request)).at(-1);
  const vfs = () => machine.pf(PF).vfs;
  await ask({ request: 'apply', configFile: null, edits: [], evict: [], reloadDriver: false });
  return { clock, machine, host, hypervisor, ownPorts, journal, vm, ask, last, vfs };
}

const errorCode = (event: HostProgramEvent | undefined): string | null =>
  event?.event === 'error' ? event.error.code : null;

describe('answerRequest() attach', () => {
  it('chooses a free VF, sets it up, plugs it live and for the next start, and takes all of it back by detach', async () => {
    const { hypervisor, vm, last, vfs, journal, ownPorts } = await openRig();
    hypervisor.start(vm);
    const attached = await last(ATTACH);
    assert.equal(attached?.event, 'attached', JSON.stringify(attached));
    const vf = vfs()[1];
    assert.equal(vf?.driver, 'vfio-pci');
    assert.deepEqual(vf.users, [{ kind: 'vfio', process: 'qemu-system-x86', vm: 'web1' }]);
    assert.equal(vf.settings.adminMac, '52:54:00:aa:00:01');
    assert.equal(vf.settings.vlan?.id, 100);
    const [domain] = await hypervisor.observe();
    assert.equal(domain?.live.length, 1);
    assert.equal(domain.config.length, 1);
    assert.equal(
      ownerOfAlias(domain.live[0]?.alias ?? null)?.attachmentId,
      journal.claims().at(-1)?.attachmentId,
    );

    assert.equal((await last(DETACH))?.event, 'detached');
    const [after] = await hypervisor.observe();
    assert.deepEqual([after?.live, after?.config], [[], []]);
    assert.deepEqual(vfs()[1]?.users, []);
    assert.equal(vfs()[1]?.settings.adminMac, null);
    assert.equal(vfs()[1]?.settings.vlan, null);
    assert.equal(vfs()[1]?.driver, null);
    assert.deepEqual(await ownPorts.list(), []);
  });

  it('plugs the VF at the next start of a machine that is shut off', async () => {
    const { hypervisor, vm, last, vfs } = await openRig();
    assert.equal((await last(ATTACH))?.event, 'attached');
    assert.deepEqual(vfs()[1]?.users, []);
    hypervisor.start(vm);
    assert.equal(vfs()[1]?.users[0]?.kind, 'vfio');
  });

  it('makes a failover pair of a VF and an interface on the bridge with one MAC, and takes the VF out first', async () => {
    const { hypervisor, vm, ask, last } = await openRig();
    hypervisor.start(vm);
    assert.equal((await last({ ...ATTACH, kind: 'failover' }))?.event, 'attached');
    const [domain] = await hypervisor.observe();
    assert.deepEqual(
      domain?.live.map(({ teaming, source, mac }) => [teaming?.kind, source?.kind, mac]),
      [
        ['persistent', 'bridge', ATTACH.mac],
        ['transient', 'vf', ATTACH.mac],
      ],
    );
    const events = await ask(DETACH);
    const texts = events.flatMap((event) => (event.event === 'step' ? [event.text] : []));
    assert.equal(events.at(-1)?.event, 'detached');
    assert.ok(texts.some((text) => text.includes('take attachment')));
    assert.deepEqual((await hypervisor.observe())[0]?.live, []);
  });

  for (const { name, options, request, want } of [
    { name: 'a machine that is not there', options: {}, request: { vm: 'db1' }, want: 'VM_UNKNOWN' },
    {
      name: 'a network that no PF is joined to',
      options: {},
      request: { physicalNetwork: 'physnet9' },
      want: 'NO_FREE_VF',
    },
    { name: 'a VF that host.yaml keeps', options: {}, request: { vfIndex: 0 }, want: 'NO_FREE_VF' },
    {
      name: 'trust of a card that has none to give',
      options: {},
      request: { minTxRateMbps: 10 },
      want: 'ATTRIBUTE_UNSUPPORTED',
    },
    {
      name: 'a bridge that host.yaml does not name',
      options: {},
      request: { kind: 'normal', vlanId: 200 },
      want: 'BRIDGE_MISSING',
    },
    {
      name: 'pain 30: a machine without a free PCIe slot',
      options: { slots: 0 },
      request: {},
      want: 'NO_PCIE_SLOT',
    },
    {
      name: 'pain 30: a machine whose memory may not be locked',
      options: { memlock: 'low' },
      request: {},
      want: 'MEMLOCK_LOW',
    },
    {
      name: 'a configuration for a machine without one',
      options: { isPersistent: false },
      request: { scope: 'config' },
      want: 'VM_NOT_PERSISTENT',
    },
  ] as const) {
    it(`refuses ${name}, and leaves nothing behind`, async () => {
      const { hypervisor, vm, last, vfs, ownPorts, journal } = await openRig(options);
      hypervisor.start(vm);
      const event = await last({ ...ATTACH, ...request });
      assert.equal(errorCode(event), want, JSON.stringify(event));
      assert.deepEqual(await ownPorts.list(), []);
      assert.ok(vfs().every((vf) => vf.users.length === 0 && vf.settings.adminMac !== ATTACH.mac));
      assert.ok(journal.claims().every(({ attachmentId }) => attachmentId.startsWith('host.')));
      const [domain] = await hypervisor.observe();
      assert.deepEqual([domain?.live, domain?.config], [[], []]);
    });
  }

  it('never plugs a VF whose security setting fails', async () => {
    const { host, hypervisor, vm, last, vfs } = await openRig();
    hypervisor.start(vm);
    await last({ ...ATTACH, spoofCheck: false });
    await last(DETACH);
    assert.equal(vfs()[1]?.settings.spoofCheck, false);
    const match = { kind: 'set-vf', attribute: 'spoofCheck' } as const;
    host.faults.inject({ kind: 'refuse', errno: 'EIO', match, times: Number.POSITIVE_INFINITY });
    const plugged: number[] = [];
    hypervisor.watch(() => void plugged.push(hypervisor.domains()[0]?.live.length ?? 0));
    assert.equal(
      errorCode(await last({ ...ATTACH, pf: 'eth2', vfIndex: 1, scope: 'live' })),
      'SECURITY_SETTING_FAILED',
    );
    assert.deepEqual(plugged, []);
  });

  it('shows with a dry run what it would do, and does nothing', async () => {
    const { hypervisor, vm, last, ownPorts } = await openRig();
    hypervisor.start(vm);
    const event = await last({ ...ATTACH, dryRun: true });
    assert.ok(event?.event === 'attached' && event.isDryRun && event.steps.length > 2, JSON.stringify(event));
    assert.deepEqual(await ownPorts.list(), []);
  });
});

describe('answerRequest() detach', () => {
  it('pain 30: says so when the guest does not let go, and goes on asking', async () => {
    const { hypervisor, vm, last, vfs, ownPorts } = await openRig({ guest: 'silent' });
    hypervisor.start(vm);
    await last(ATTACH);
    assert.equal(errorCode(await last(DETACH)), 'GUEST_KEEPS_DEVICE');
    assert.equal(vfs()[1]?.settings.adminMac, ATTACH.mac, 'it works until it is gone');
    assert.equal((await ownPorts.list()).length, 1);
    hypervisor.stop(vm);
    assert.equal((await last(DETACH))?.event, 'detached');
    assert.equal(vfs()[1]?.settings.adminMac, null);
  });

  it('says so when a machine cannot be read, and does not blame the guest', async () => {
    const { hypervisor, vm, last } = await openRig();
    hypervisor.start(vm);
    await last(ATTACH);
    hypervisor.setReadable(vm, false);
    assert.equal(errorCode(await last(DETACH)), 'HYPERVISOR_REFUSED');
    hypervisor.setReadable(vm, true);
    assert.equal((await last(DETACH))?.event, 'detached');
  });

  it('cuts the VF off at the card with force, and keeps it from others until the machine stops', async () => {
    const { hypervisor, vm, last, vfs, journal } = await openRig({ guest: 'silent' });
    hypervisor.start(vm);
    await last(ATTACH);
    assert.equal(errorCode(await last({ ...DETACH, force: true })), 'GUEST_KEEPS_DEVICE');
    assert.equal(vfs()[1]?.settings.adminMac, null);
    assert.equal(vfs()[1]?.settings.vlan?.id, 100, 'the guest does not get into another network');
    assert.equal(journal.claims().length, 2);
    hypervisor.stop(vm);
    assert.equal((await last(DETACH))?.event, 'detached');
    assert.equal(journal.claims().length, 1);
  });

  it('gives the VF back when the guest falls over instead', async () => {
    const { hypervisor, vm, last, vfs } = await openRig({ guest: 'crashing' });
    hypervisor.start(vm);
    await last(ATTACH);
    assert.equal((await last(DETACH))?.event, 'detached');
    assert.deepEqual(vfs()[1]?.users, []);
  });

  it('names what the machine has when it does not know what is meant', async () => {
    const { hypervisor, vm, last } = await openRig();
    hypervisor.start(vm);
    assert.equal(errorCode(await last(DETACH)), 'ATTACHMENT_UNKNOWN');
    await last(ATTACH);
    await last({ ...ATTACH, mac: '52:54:00:aa:00:02' });
    assert.equal(errorCode(await last(DETACH)), 'OBJECT_AMBIGUOUS');
    assert.equal((await last({ ...DETACH, attachment: '52:54:00:AA:00:02' }))?.event, 'detached');
  });
});
