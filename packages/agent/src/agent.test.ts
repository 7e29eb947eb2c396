import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostReport } from '@virtfn/contract';
import type { Clock } from '@virtfn/host';
import {
  fishMachine,
  setVfSetting,
  SimulatedHost,
  SimulatedHypervisor,
  SimulatedPacketFilters,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  type DesiredHost,
  getPf,
  parseAttachmentId,
  parseMacAddress,
  parsePciAddress,
  parsePhysicalNetwork,
  parsePortId,
  parseVlan,
  SriovError,
  type WantedInterface,
} from '@virtfn/model';
import { Agent, type Look } from './agent.ts';
import { FilterKeeper } from './filters/index.ts';
import { MemoryJournal, MemoryOwnPorts } from './journal/index.ts';
import { SharedKeeper } from './keeper/index.ts';
import type { Wanted } from './wanted.ts';

const PF = parsePciAddress('0000:82:00.0');
const MAC = parseMacAddress('52:54:00:aa:00:01');

const DESIRED: DesiredHost = {
  releases: [],
  evict: [],
  reloadDriver: false,
  pfs: [
    {
      pf: PF,
      numVfs: 2,
      moduleOption: null,
      eswitchMode: null,
      adminUp: true,
      mtu: null,
      localMacs: [],
      vfs: [
        {
          kind: 'attached',
          vfIndex: 0,
          attachmentId: parseAttachmentId('a1'),
          driver: 'vfio-pci',
          mtu: null,
          settings: {
            adminMac: MAC,
            vlan: parseVlan(100),
            spoofCheck: true,
            trust: false,
            linkState: 'auto',
            minTxRateMbps: null,
            maxTxRateMbps: null,
          },
        },
      ],
    },
  ],
};

const wantAll = async (): Promise<Wanted> => ({
  desired: DESIRED,
  physicalNetworks: new Map(),
  missing: [],
  isPartial: false,
  failed: new Map(),
  interfaces: [],
  filters: [],
  bridges: [],
  migrationUri: 'qemu+tls://fish/system',
  mayBePlugged: false,
  mayUnplug: () => false,
  spared: new Set(),
});

function openRig() {
  const machine = fishMachine(new VirtualClock());
  const host = new SimulatedHost(machine);
  const reports: HostReport[] = [];
  const errors: SriovError[] = [];
  const agent = new Agent({
    host,
    keeper: new SharedKeeper(host, new MemoryJournal()),
    clock: machine.clock,
    findings: () => [],
    report: async (report) => {
      reports.push(report);
    },
    onError: (error) => errors.push(error),
  });
  return { machine, host, agent, reports, errors };
}

describe('Agent', () => {
  it('changes nothing before the first full desired state has come', async () => {
    const { machine, agent, reports } = openRig();
    await agent.look();
    assert.equal(machine.pf(PF).numVfs, 0);
    assert.equal(machine.pf(PF).driversAutoprobe, true);
    assert.equal(reports.length, 1);
  });

  it('brings the host to the desired state and reports what it read back', async () => {
    const { agent, reports } = openRig();
    agent.want(wantAll);
    await agent.look();
    const [vf] = getPf(reports.at(-1)?.observed ?? assert.fail(), PF).vfs;
    assert.equal(vf?.settings?.adminMac, MAC);
    assert.equal(vf?.attachmentId, 'a1');
    assert.deepEqual(reports.at(-1)?.drift, []);
    assert.deepEqual(reports.at(-1)?.quarantined, []);
  });

  it('reports a host whose host.yaml names what is not there, or cannot be read, with a finding, and no drift where nothing is wanted', async () => {
    const { agent, reports, errors } = openRig();
    agent.want(async () => ({ ...(await wantAll()), desired: { ...DESIRED, pfs: [] }, isPartial: true }));
    await agent.look();
    assert.equal(reports.at(-1)?.drift, undefined);
    const networks = new Map([[PF, [parsePhysicalNetwork('physnet1')]]]);
    const missing = [new SriovError('PF_UNKNOWN', 'Cannot find a PF with MAC 52:54:00:00:00:99')];
    agent.want(async () => ({ ...(await wantAll()), physicalNetworks: networks, missing, isPartial: true }));
    await agent.look();
    const codes = (): readonly string[] => reports.at(-1)?.findings.map(({ code }) => code) ?? [];
    assert.deepEqual(codes(), ['host-config-not-followed']);
    const before = reports.length;
    errors.length = 0;
    agent.want(async () => {
      throw new SriovError('CONFIG_INVALID', 'Cannot read host.yaml: line 3');
    });
    await agent.look();
    assert.equal(reports.length, before + 1, 'the host is shown all the same');
    assert.deepEqual(codes(), ['host-config-not-followed']);
    assert.equal(reports.at(-1)?.drift, undefined, 'nobody can say');
    assert.equal(reports.at(-1)?.physicalNetworks, networks, 'its wires are where they were');
    const [vf] = getPf(reports.at(-1)?.observed ?? assert.fail(), PF).vfs;
    assert.equal(vf?.attachmentId, 'a1');
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['CONFIG_INVALID'],
    );
  });

  it('reports what is not as it is wanted, why, and which VF it keeps closed', async () => {
    const { host, agent, reports } = openRig();
    const settings = ['adminMac', 'vlan'] as const;
    for (const attribute of settings) {
      const match = { kind: 'set-vf', pf: PF, vfIndex: 0, attribute } as const;
      host.faults.inject({ kind: 'refuse', match, errno: 'EIO', times: Number.POSITIVE_INFINITY });
    }
    await agent.look();
    assert.equal(reports.at(-1)?.drift, undefined, 'nothing is wanted yet');
    agent.want(wantAll);
    await agent.look();
    const { drift = [], quarantined } = reports.at(-1) ?? assert.fail();
    assert.deepEqual(quarantined, ['a1']);
    const vlan = drift.find(({ vfIndex, field }) => vfIndex === 0 && field === 'vlan');
    assert.equal(vlan?.wanted, '100');
    assert.equal(vlan.observed, 'none');
    assert.equal(vlan.refused?.code, 'SECURITY_SETTING_FAILED');
  });

  it('has the host ready before libvirt answers, which may wait for it', async () => {
    const machine = fishMachine(new VirtualClock());
    const host = new SimulatedHost(machine);
    const hypervisor = new SimulatedHypervisor(machine);
    hypervisor.restartDaemon(60_000);
    const looks: Look[] = [];
    const agent = new Agent({
      host,
      machines: { hypervisor, ownPorts: new MemoryOwnPorts() },
      keeper: new SharedKeeper(host, new MemoryJournal()),
      clock: machine.clock,
      findings: () => [],
      report: async () => {},
      onError: () => {},
      onLook: (look) => looks.push(look),
    });
    const port: WantedInterface = {
      attachmentId: parseAttachmentId('a1'),
      portId: parsePortId('p1'),
      domainId: hypervisor.define('web1'),
      scope: 'both',
      mac: MAC,
      vlanId: null,
      physicalNetwork: parsePhysicalNetwork('physnet1'),
      place: { kind: 'direct', vf: { pf: PF, vfIndex: 0 } },
      move: null,
    };
    agent.want(async () => ({ ...(await wantAll()), interfaces: [port], mayBePlugged: true }));
    await agent.look();
    assert.deepEqual(
      looks.map(({ isHostAsWanted, isAsWanted, problems }) => [
        isHostAsWanted,
        isAsWanted,
        problems[0]?.code,
      ]),
      [[true, false, 'HYPERVISOR_UNREACHABLE']],
    );
  });

  it('repairs what somebody else changed, also when the event of it was lost', async () => {
    const { machine, host, agent } = openRig();
    agent.want(wantAll);
    await agent.look();
    host.faults.inject({ kind: 'lose-event', announced: false, times: Number.POSITIVE_INFINITY });
    const pf = machine.pf(PF);
    setVfSetting(machine, pf, machine.vf(pf, 0), { attribute: 'vlan', value: null });
    await agent.look();
    assert.equal(pf.vfs[0]?.settings.vlan?.id, 100);
  });

  it('reports MACs of the host that VFs cannot reach as a finding of their PF, until they can', async () => {
    const { host, agent, reports } = openRig();
    const match = { kind: 'add-fdb-entry' } as const;
    host.faults.inject({ kind: 'refuse', match, errno: 'ENOMEM', times: Number.POSITIVE_INFINITY });
    const localMacs = ['52:54:00:bb:00:01', '52:54:00:bb:00:02'].map(parseMacAddress);
    const pfs = DESIRED.pfs.map((pf) => ({ ...pf, localMacs }));
    agent.want(async () => ({ ...(await wantAll()), desired: { ...DESIRED, pfs } }));
    await agent.look();
    const findings = (): unknown => reports.at(-1)?.findings.map(({ code, pf }) => ({ code, pf }));
    assert.deepEqual(findings(), [{ code: 'local-mac-unreachable', pf: PF }]);
    for (const mac of localMacs) assert.ok(reports.at(-1)?.findings[0]?.text.includes(mac));
    host.faults.clear();
    await agent.look();
    assert.deepEqual(findings(), []);
    assert.deepEqual(getPf(reports.at(-1)?.observed ?? assert.fail(), PF).fdb, localMacs);
  });

  it('looks again later and later while something fails, and at leisure once all is well', async () => {
    const { host, agent } = openRig();
    host.faults.inject({
      kind: 'refuse',
      match: { attribute: 'vlan' },
      errno: 'EIO',
      times: Number.POSITIVE_INFINITY,
    });
    agent.want(wantAll);
    const waits = [await agent.look(), await agent.look(), await agent.look()];
    assert.deepEqual(waits, [1000, 2000, 4000]);
    host.faults.clear();
    assert.equal(await agent.look(), 30_000);
  });

  it('keeps what it can while a card is missing, tells of it, and takes nobody anything away for it', async () => {
    const { machine, agent, errors, reports } = openRig();
    agent.want(wantAll);
    await agent.look();
    const missing = [new SriovError('PF_UNKNOWN', 'Cannot find the PF')];
    agent.want(async () => ({
      ...(await wantAll()),
      desired: { ...DESIRED, pfs: [] },
      missing,
      isPartial: true,
    }));
    assert.equal(await agent.look(), 1000);
    assert.equal(errors.at(-1)?.code, 'PF_UNKNOWN');
    assert.equal(machine.pf(PF).vfs[0]?.settings.vlan?.id, 100);
    assert.equal(getPf(reports.at(-1)?.observed ?? assert.fail(), PF).vfs[0]?.attachmentId, 'a1');
  });

  it('tells of a report that could not be handed on and goes on', async () => {
    const { machine, host } = openRig();
    const errors: SriovError[] = [];
    const agent = new Agent({
      host,
      keeper: null,
      clock: machine.clock,
      findings: () => [],
      report: () => Promise.reject(new Error('the disk is full')),
      onError: (error) => errors.push(error),
    });
    assert.equal(await agent.look(), 1000);
    assert.equal(errors[0]?.code, 'INTERNAL');
  });

  /** Time stands still until something wakes the agent; the wait for a burst to end is skipped. */
  const STANDING_CLOCK: Clock = {
    now: () => 0,
    sleep: (ms, signal) =>
      ms < 1000 || signal?.aborted === true
        ? Promise.resolve()
        : new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
  };

  it('wakes for an event, and stops when it is told to', async () => {
    const machine = fishMachine(new VirtualClock());
    const host = new SimulatedHost(machine);
    const reports: HostReport[] = [];
    let woken = (): void => {};
    const agent = new Agent({
      host,
      keeper: null,
      clock: STANDING_CLOCK,
      findings: () => [],
      report: async (report) => {
        reports.push(report);
        woken();
      },
      onError: () => {},
    });
    const nextReport = (): Promise<void> => new Promise((resolve) => (woken = resolve));
    const first = nextReport();
    agent.start();
    await first;
    const second = nextReport();
    await host.apply({ kind: 'set-num-vfs', pf: PF, from: 0, numVfs: 3 });
    await second;
    await agent.stop();
    assert.equal(getPf(reports.at(-1)?.observed ?? assert.fail(), PF).numVfs, 3);
  });

  it('wakes when somebody takes filters away', async () => {
    const filters = new SimulatedPacketFilters(() => []);
    let looked = Promise.withResolvers<void>();
    const agent = new Agent({
      host: new SimulatedHost(fishMachine(new VirtualClock())),
      keeper: null,
      filterKeeper: new FilterKeeper(filters),
      clock: STANDING_CLOCK,
      findings: () => [],
      report: async () => looked.resolve(),
      onError: () => {},
    });
    agent.start();
    await looked.promise;
    looked = Promise.withResolvers();
    filters.flushAll();
    await looked.promise;
    await agent.stop();
  });

  it('waits for a burst of events to end, but not when somebody waits for it', async () => {
    const machine = fishMachine(new VirtualClock());
    const sleeping: { readonly ms: number; readonly signal: AbortSignal | undefined }[] = [];
    let fellAsleep = (): void => {};
    let looks = 0;
    const agent = new Agent({
      host: new SimulatedHost(machine),
      keeper: null,
      // Nobody wakes by himself.
      clock: {
        now: () => 0,
        sleep(ms, signal) {
          sleeping.push({ ms, signal });
          fellAsleep();
          return new Promise((resolve) => {
            if (signal?.aborted === true) resolve();
            signal?.addEventListener('abort', () => resolve());
          });
        },
      },
      findings: () => [],
      report: async () => {
        looks += 1;
      },
      onError: () => {},
    });
    const nextSleep = (): Promise<void> => new Promise((resolve) => (fellAsleep = resolve));
    const asleep = nextSleep();
    agent.start();
    await asleep;
    const inBurst = nextSleep();
    machine.changed(machine.pf(PF));
    await inBurst;
    assert.deepEqual([looks, sleeping.at(-1)?.ms], [1, 100]);
    const done = nextSleep();
    agent.hurry();
    await done;
    assert.deepEqual([looks, sleeping.at(-1)?.ms], [2, 30_000]);
    await agent.stop();
  });
});
