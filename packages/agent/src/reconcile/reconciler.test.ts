import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Host } from '@virtfn/host';
import {
  INTEL_E810,
  isVfOpen,
  setVfSetting,
  SimulatedHost,
  SimulatedMachine,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  type DesiredHost,
  type DesiredPf,
  type DesiredVf,
  type DesiredVfSettings,
  parseAttachmentId,
  parseHostId,
  parseMacAddress,
  parsePciAddress,
  parseVlan,
  SriovError,
  type VfSetting,
} from '@virtfn/model';
import { MemoryJournal } from '../journal/index.ts';
import { Reconciler } from './reconciler.ts';
import { WalkHost } from './walk-rig.ts';

const PF = parsePciAddress('0000:3b:00.0');
const SETTINGS: DesiredVfSettings = {
  adminMac: parseMacAddress('52:54:00:00:00:01'),
  vlan: parseVlan(100),
  spoofCheck: true,
  trust: false,
  linkState: 'enable',
  minTxRateMbps: null,
  maxTxRateMbps: null,
};

const attached = (vfIndex: number, settings: Partial<DesiredVfSettings> = {}): DesiredVf => ({
  kind: 'attached',
  vfIndex,
  attachmentId: parseAttachmentId(`a${vfIndex}`),
  driver: 'vfio-pci',
  mtu: null,
  settings: { ...SETTINGS, ...settings },
});

const desire = (...vfs: readonly DesiredVf[]): DesiredHost => ({
  releases: [],
  evict: [],
  reloadDriver: false,
  pfs: [
    {
      pf: PF,
      numVfs: 4,
      moduleOption: null,
      eswitchMode: null,
      adminUp: true,
      mtu: null,
      localMacs: [],
      vfs,
    },
  ],
});

function openRig() {
  const machine = new SimulatedMachine(parseHostId('h'), new VirtualClock(), [
    { card: INTEL_E810, slot: '0000:3b:00', netdevNames: ['ens1f0', 'ens1f1'] },
  ]);
  const simulated = new SimulatedHost(machine);
  const journal = new MemoryJournal();
  const host = new WalkHost(simulated, journal);
  const reconcile = (desired: DesiredHost): ReturnType<Reconciler['reconcile']> => {
    host.want(desired);
    return new Reconciler(host, journal).reconcile(desired);
  };
  const vf = (vfIndex: number) => machine.pf(PF).vfs[vfIndex] ?? assert.fail(`no VF ${vfIndex}`);
  return { machine, simulated, journal, host, reconcile, vf };
}

describe('Reconciler', () => {
  const changes: readonly {
    readonly name: VfSetting['attribute'];
    readonly settings: Partial<DesiredVfSettings>;
  }[] = [
    { name: 'vlan', settings: { vlan: parseVlan(200) } },
    { name: 'spoofCheck', settings: { spoofCheck: false } },
    { name: 'trust', settings: { trust: true } },
    { name: 'adminMac', settings: { adminMac: parseMacAddress('52:54:00:00:00:02') } },
  ];
  for (const { name, settings } of changes) {
    it(`closes a running VF whose ${name} the kernel refuses, keeps it for its attachment, and opens it once it can`, async () => {
      const { simulated, journal, reconcile, vf } = openRig();
      await reconcile(desire(attached(0), attached(1)));
      assert.ok(isVfOpen(vf(0)));
      simulated.faults.inject({
        kind: 'refuse',
        match: { attribute: name, vfIndex: 0 },
        errno: 'EIO',
        times: 2,
      });
      const { plan } = await reconcile(desire(attached(0, settings), attached(1)));
      assert.ok(!isVfOpen(vf(0)), 'closed');
      assert.ok(isVfOpen(vf(1)), 'its neighbour is not');
      assert.equal(plan.refusals[0]?.code, 'SECURITY_SETTING_FAILED');
      assert.equal(journal.claims().find((claim) => claim.vfIndex === 0)?.attachmentId, 'a0');
      const again = await reconcile(desire(attached(0, settings), attached(1)));
      assert.ok(!isVfOpen(vf(0)), 'stays closed until it is forgiven');
      assert.equal(again.plan.refusals[0]?.code, 'SECURITY_SETTING_FAILED');
      for (const claim of journal.claims()) await journal.quarantine(claim.attachmentId, null);
      await reconcile(desire(attached(0, settings), attached(1)));
      assert.ok(isVfOpen(vf(0)), 'open again');
    });
  }

  it('applies nothing of a plan in which a step timed out: a call of its predecessor may still take effect', async () => {
    const { simulated, host, reconcile, vf } = openRig();
    await reconcile(desire());
    // The agent before us died waiting for this call; the kernel carries it out 30 s after it was made.
    simulated.faults.inject({ kind: 'hang', match: { attribute: 'spoofCheck' }, times: 1 });
    const setting: VfSetting = { attribute: 'spoofCheck', value: false };
    await assert.rejects(simulated.apply({ kind: 'set-vf', pf: PF, vfIndex: 3, setting }));
    const desired = desire(attached(0), attached(1), attached(2), attached(3));
    await reconcile(desired);
    await reconcile(desired);
    assert.deepEqual(host.violations, []);
    assert.ok(isVfOpen(vf(3)));
    assert.equal(vf(3).settings.spoofCheck, true);
  });

  it('gives a running VF back what it had when a later setting fails, and says so', async () => {
    const { simulated, reconcile, vf } = openRig();
    await reconcile(desire(attached(0, { maxTxRateMbps: 500 }), attached(1)));
    simulated.faults.inject({
      kind: 'refuse',
      match: { attribute: 'rate', vfIndex: 0 },
      errno: 'EIO',
      times: 2,
    });
    const { plan } = await reconcile(
      desire(attached(0, { vlan: parseVlan(200), maxTxRateMbps: 900 }), attached(1)),
    );
    assert.ok(isVfOpen(vf(0)), 'still open');
    assert.equal(vf(0).settings.vlan?.id, 100);
    assert.equal(vf(0).settings.maxTxRateMbps, 500);
    assert.deepEqual(
      plan.refusals.map(({ code, vfIndex }) => ({ code, vfIndex })),
      [{ code: 'KERNEL_REFUSED', vfIndex: 0 }],
    );
  });

  it('closes a VF again that was closed before, when a later setting fails', async () => {
    const { simulated, journal, reconcile, vf } = openRig();
    simulated.faults.inject({
      kind: 'refuse',
      match: { attribute: 'rate', vfIndex: 0 },
      errno: 'EIO',
      times: 2,
    });
    const { plan } = await reconcile(desire(attached(0, { maxTxRateMbps: 900 }), attached(1)));
    assert.ok(!isVfOpen(vf(0)));
    assert.ok(isVfOpen(vf(1)));
    assert.equal(plan.refusals[0]?.code, 'KERNEL_REFUSED');
    assert.equal(journal.claims().find((claim) => claim.vfIndex === 0)?.attachmentId, 'a0');
  });

  it('never gives a new owner what the last one had', async () => {
    const { simulated, reconcile, vf } = openRig();
    await reconcile(desire(attached(0, { vlan: parseVlan(300) })));
    simulated.faults.inject({
      kind: 'refuse',
      match: { attribute: 'rate', vfIndex: 0 },
      errno: 'EIO',
      times: 9,
    });
    const other = { ...attached(0, { maxTxRateMbps: 900 }), attachmentId: parseAttachmentId('b0') };
    await reconcile(desire(other));
    assert.ok(!isVfOpen(vf(0)));
    assert.equal(vf(0).settings.vlan, null);
  });

  it('goes on with other PFs when a host refuses all settings of one', async () => {
    const { host, journal } = openRig();
    const desired = desire(attached(0, { maxTxRateMbps: 500 }));
    host.want(desired);
    let refused = 0;
    const broken: Host = {
      hostId: host.hostId,
      observe: () => host.observe(),
      watch: (listener) => host.watch(listener),
      apply: (step) => host.apply(step),
      applySettings: () => {
        refused += 1;
        return Promise.reject(new SriovError('PF_UNKNOWN', 'Cannot set: it has no interface now'));
      },
    };
    const { records } = await new Reconciler(broken, journal).reconcile(desired);
    assert.ok(refused > 0);
    assert.ok(records.some(({ error }) => error?.code === 'PF_UNKNOWN'));
  });

  it('opens no VF whose settings went down with those of another', async () => {
    const { machine, host, journal, vf } = openRig();
    const desired = desire(attached(1));
    host.want(desired);
    await new Reconciler(host, journal).reconcile(desire());
    // An agent that died between its claim and the settings; and somebody has put a VLAN on the closed VF before it.
    await journal.claim(PF, 1, parseAttachmentId('a1'));
    setVfSetting(machine, machine.pf(PF), vf(0), { attribute: 'vlan', value: parseVlan(7) });
    const broken: Host = {
      hostId: host.hostId,
      observe: () => host.observe(),
      watch: (listener) => host.watch(listener),
      apply: (step) => host.apply(step),
      applySettings: () => Promise.reject(new SriovError('INTERNAL', 'Cannot read back what was set')),
    };
    const { records } = await new Reconciler(broken, journal).reconcile(desired);
    const opening = records.filter(
      ({ step, error }) =>
        error === null &&
        ((step.kind === 'set-vf' &&
          step.setting.attribute === 'linkState' &&
          step.setting.value !== 'disable') ||
          (step.kind === 'set-vf-driver' && step.driver !== 'none')),
    );
    assert.deepEqual(opening, [], 'nothing that builds on them is done');
    assert.ok(!isVfOpen(vf(1)));
  });

  it('begins no other step once it is told to stop', async () => {
    const { host, journal } = openRig();
    const desired = desire(attached(0), attached(1));
    host.want(desired);
    const stop = new AbortController();
    const { records, plan } = await new Reconciler(host, journal).reconcile(desired, {
      signal: stop.signal,
      onStep: () => stop.abort(),
    });
    assert.equal(records.length, 1);
    assert.ok(plan.steps.length > 5);
  });

  it('remembers what a driver does not support and refuses it from then on', async () => {
    const { simulated, reconcile } = openRig();
    simulated.faults.inject({ kind: 'refuse', match: { attribute: 'trust' }, errno: 'EOPNOTSUPP', times: 1 });
    const { plan, records } = await reconcile(desire(attached(0, { trust: true }), attached(1)));
    assert.deepEqual(
      plan.refusals.map(({ code, vfIndex }) => ({ code, vfIndex })),
      [{ code: 'ATTRIBUTE_UNSUPPORTED', vfIndex: 0 }],
    );
    assert.equal(records.filter((record) => record.error !== null).length, 1);
  });

  it('serves the VFs that are there when their number cannot be set', async () => {
    const { machine, simulated, reconcile, vf } = openRig();
    await reconcile(desire());
    machine.pf(PF).mmioForVfs = 4;
    const more = desire(attached(0));
    simulated.faults.inject({
      kind: 'refuse',
      match: { kind: 'set-num-vfs' },
      errno: 'ENOMEM',
      times: Number.POSITIVE_INFINITY,
    });
    const { plan } = await reconcile({ ...more, pfs: more.pfs.map((pf) => ({ ...pf, numVfs: 6 })) });
    assert.equal(plan.refusals[0]?.code, 'NO_RESOURCES');
    assert.ok(isVfOpen(vf(0)));
  });

  it('keeps all else going when a forwarding entry is refused, says so, and leaves no claim behind', async () => {
    const { machine, simulated, journal, reconcile, vf } = openRig();
    const [taken, refused] = ['52:54:00:bb:00:01', '52:54:00:bb:00:02'].map(parseMacAddress);
    assert.ok(taken !== undefined && refused !== undefined);
    simulated.faults.inject({
      kind: 'refuse',
      match: { kind: 'add-fdb-entry', mac: refused },
      errno: 'ENOMEM',
      times: Number.POSITIVE_INFINITY,
    });
    const whole = desire(attached(0));
    const withMacs = (localMacs: DesiredPf['localMacs']): DesiredHost => ({
      ...whole,
      pfs: whole.pfs.map((pf) => ({ ...pf, localMacs })),
    });
    const { plan } = await reconcile(withMacs([refused, taken]));
    assert.deepEqual(
      plan.refusals.map(({ code, vfIndex, details }) => ({ code, vfIndex, macs: details['macs'] })),
      [{ code: 'FDB_FULL', vfIndex: null, macs: [refused] }],
    );
    assert.deepEqual(plan.steps, []);
    assert.deepEqual(machine.pf(PF).fdb, [taken]);
    assert.ok(isVfOpen(vf(0)));
    await reconcile(withMacs([]));
    assert.deepEqual([machine.pf(PF).fdb, journal.fdbClaims()], [[], []]);
  });
});
