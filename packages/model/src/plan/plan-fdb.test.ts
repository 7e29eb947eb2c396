import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addFdbEntry,
  BCM57414,
  type Card,
  INTEL_82576,
  INTEL_E810,
  observeMachine,
  setPfDriver,
  setVfSetting,
  SimulatedHost,
  SimulatedMachine,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import {
  type DesiredHost,
  type DesiredPf,
  describeStep,
  type FdbClaim,
  isFdbStep,
  isJournalStep,
  type MacAddress,
  type ObservedHost,
  parseAttachmentId,
  parseHostId,
  parseMacAddress,
  parsePciAddress,
  type Plan,
  plan,
} from '../index.ts';
import { capabilityOfDriver } from '../drivers/index.ts';

const PF = parsePciAddress('0000:82:00.0');
const TAP = parseMacAddress('52:54:00:bb:00:01');
const BRIDGE = parseMacAddress('52:54:00:bb:00:02');

const ATTACHED = {
  kind: 'attached',
  vfIndex: 1,
  attachmentId: parseAttachmentId('a'),
  driver: 'vfio-pci',
  mtu: null,
  settings: {
    adminMac: TAP,
    vlan: null,
    spoofCheck: true,
    trust: false,
    linkState: 'auto',
    minTxRateMbps: null,
    maxTxRateMbps: null,
  },
} as const;

function openRig(card: Card = INTEL_82576) {
  const machine = new SimulatedMachine(parseHostId('h'), new VirtualClock(), [
    { card, slot: '0000:82:00', netdevNames: ['eth2', 'eth3'] },
  ]);
  const pf = machine.pf(PF);
  pf.driversAutoprobe = false;
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  return { machine, pf };
}

function desire(pf: Partial<DesiredPf>): DesiredHost {
  const rest = { moduleOption: null, eswitchMode: null, adminUp: true, mtu: null } as const;
  return {
    pfs: [{ pf: PF, numVfs: 2, ...rest, localMacs: [TAP], vfs: [], ...pf }],
    releases: [],
    evict: [],
    reloadDriver: false,
  };
}

const NOTHING: DesiredHost = { pfs: [], releases: [], evict: [], reloadDriver: false };

const ours = (...macs: readonly MacAddress[]): readonly FdbClaim[] => macs.map((mac) => ({ pf: PF, mac }));

function observe(machine: SimulatedMachine, fdbClaims: readonly FdbClaim[] = []): ObservedHost {
  return { ...observeMachine(machine), fdbClaims };
}

const kinds = ({ steps }: Plan): readonly string[] =>
  steps.map((step) => (isFdbStep(step) ? `${step.kind} ${step.mac}` : step.kind));

const ADD = [`claim-fdb-entry ${TAP}`, `add-fdb-entry ${TAP}`];
const REMOVE = [`remove-fdb-entry ${TAP}`, `release-fdb-entry ${TAP}`];

describe('plan() of MACs that VFs shall reach on the host (pain 8)', () => {
  const cases: readonly {
    readonly name: string;
    readonly there?: readonly MacAddress[];
    readonly claims?: readonly FdbClaim[];
    readonly desired?: DesiredHost;
    readonly want: readonly string[];
  }[] = [
    { name: 'claims an entry before it is made', want: ADD },
    {
      name: 'makes one that was claimed and then lost by a kill or a reboot',
      claims: ours(TAP),
      want: [ADD[1] ?? ''],
    },
    { name: 'has nothing to do when it is there', there: [TAP], claims: ours(TAP), want: [] },
    { name: 'does with the entry of somebody else', there: [TAP], want: [] },
    {
      name: 'takes away what is no longer wanted, and forgets it after that',
      there: [TAP],
      claims: ours(TAP),
      desired: desire({ localMacs: [] }),
      want: REMOVE,
    },
    {
      name: 'leaves the entry of somebody else when it is not wanted',
      there: [TAP, BRIDGE],
      claims: ours(BRIDGE),
      desired: desire({ localMacs: [BRIDGE] }),
      want: [],
    },
    {
      name: 'makes sure of one that is not there before it forgets it: a call that hung may make it late',
      claims: ours(TAP),
      desired: desire({ localMacs: [] }),
      want: REMOVE,
    },
    {
      name: 'leaves all as it is when nobody has said what is wanted',
      there: [TAP],
      claims: ours(TAP, BRIDGE),
      desired: desire({ localMacs: null }),
      want: [],
    },
    {
      name: 'takes away what is ours on a PF of which nothing is wanted',
      there: [TAP, BRIDGE],
      claims: ours(TAP),
      desired: NOTHING,
      want: REMOVE,
    },
    {
      name: 'needs none on a PF without VFs',
      there: [TAP],
      claims: ours(TAP),
      desired: desire({ numVfs: 0 }),
      want: [...REMOVE, 'set-num-vfs'],
    },
  ];
  for (const { name, there = [], claims = [], desired = desire({}), want } of cases) {
    it(name, () => {
      const { machine, pf } = openRig();
      for (const mac of there) addFdbEntry(machine, pf, mac);
      const planned = plan(desired, observe(machine, claims));
      assert.deepEqual(kinds(planned), want);
      assert.deepEqual(planned.refusals, []);
    });
  }

  it('needs none for the PF’s own MAC', () => {
    const { machine, pf } = openRig();
    assert.deepEqual(kinds(plan(desire({ localMacs: [pf.mac] }), observe(machine))), []);
  });

  it('needs none in switchdev mode, where representors lead to the host', () => {
    const { machine, pf } = openRig(INTEL_E810);
    addFdbEntry(machine, pf, TAP);
    const planned = plan(desire({ eswitchMode: 'switchdev' }), observe(machine, ours(TAP)));
    assert.deepEqual(kinds(planned).slice(0, 2), REMOVE);
    assert.deepEqual(planned.refusals, []);
  });

  it('forgets entries that went with the interface or with the card', () => {
    const { machine, pf } = openRig();
    setPfDriver(machine, pf, null);
    assert.deepEqual(kinds(plan(NOTHING, observe(machine, ours(TAP)))), [REMOVE[1]]);
    const gone = { ...observe(machine, ours(TAP)), pfs: [] };
    assert.deepEqual(kinds(plan(NOTHING, gone)), [REMOVE[1]]);
    assert.deepEqual(kinds(plan(desire({}), gone)), [], 'a card that shall be there may come back');
  });

  it('refuses the MAC of a VF, and takes the entry away before the VF gets it', () => {
    const { machine, pf } = openRig();
    addFdbEntry(machine, pf, TAP);
    const { steps, refusals } = plan(desire({ vfs: [ATTACHED] }), observe(machine, ours(TAP)));
    assert.deepEqual(
      refusals.map(({ code, message, details }) => ({ code, message, macs: details['macs'] })),
      [
        {
          code: 'MAC_IN_USE',
          message: `Cannot let the VFs of PF ${PF} reach ${TAP} on this host: VF 1 of the PF has this MAC`,
          macs: [TAP],
        },
      ],
    );
    const texts = steps.map(describeStep);
    const removed = texts.indexOf(`take ${TAP} out of the forwarding database of PF ${PF}`);
    const given = texts.indexOf(`set MAC ${TAP} on VF 1 of PF ${PF}`);
    assert.ok(removed >= 0 && removed < given, texts.join('\n'));
  });

  it('makes the entry after the VF that had the MAC has given it up', () => {
    const { machine, pf } = openRig();
    setVfSetting(machine, pf, machine.vf(pf, 1), { attribute: 'adminMac', value: TAP });
    const planned = plan(desire({}), observe(machine));
    assert.deepEqual(planned.refusals, []);
    assert.deepEqual(kinds(planned).slice(-2), ADD);
    assert.ok(kinds(planned).includes('set-vf'));
  });

  it('refuses what a VF of somebody else has', () => {
    const { machine, pf } = openRig();
    setVfSetting(machine, pf, machine.vf(pf, 1), { attribute: 'adminMac', value: TAP });
    const planned = plan(desire({ vfs: [{ kind: 'unmanaged', vfIndex: 1 }] }), observe(machine));
    assert.deepEqual(kinds(planned), []);
    assert.equal(planned.refusals[0]?.code, 'MAC_IN_USE');
  });

  it('refuses what is beyond the filters of a card that would go promiscuous, and counts the entries of others', () => {
    const { machine, pf } = openRig(BCM57414);
    const most = capabilityOfDriver('bnxt_en').fdb.mostMacs ?? assert.fail('bnxt_en has a limit');
    const others = parseMacAddress('52:54:00:cc:00:00');
    addFdbEntry(machine, pf, others);
    const localMacs = Array.from({ length: most }, (_, at) => parseMacAddress(`52:54:00:bb:00:0${at}`));
    const planned = plan(desire({ localMacs }), observe(machine));
    assert.equal(planned.steps.filter(({ kind }) => kind === 'add-fdb-entry').length, most - 1);
    assert.deepEqual(
      planned.refusals.map(({ code, details }) => ({ code, macs: details['macs'] })),
      [{ code: 'FDB_FULL', macs: localMacs.slice(-1) }],
    );
  });

  it('refuses them on a driver that takes none', () => {
    const { machine } = openRig();
    const observed = observe(machine);
    const pfs = observed.pfs.map((pf) => ({ ...pf, driver: 'cxgb4' }));
    const planned = plan(desire({ localMacs: [TAP, BRIDGE] }), { ...observed, pfs });
    assert.ok(planned.steps.every((step) => !isFdbStep(step)));
    assert.deepEqual(
      planned.refusals.map(({ code, details }) => ({ code, macs: details['macs'] })),
      [{ code: 'FDB_UNSUPPORTED', macs: [TAP, BRIDGE] }],
    );
  });

  it('takes nothing away from anybody', async () => {
    const { machine } = openRig();
    const host = new SimulatedHost(machine);
    const first = plan(desire({ localMacs: [TAP, BRIDGE] }), observe(machine));
    assert.deepEqual(first.blastRadius, []);
    for (const step of first.steps) if (!isJournalStep(step)) await host.apply(step);
    assert.deepEqual(machine.pf(PF).fdb, [TAP, BRIDGE]);
    const claims = ours(TAP, BRIDGE);
    assert.deepEqual(plan(desire({ localMacs: [TAP, BRIDGE] }), observe(machine, claims)).steps, []);
  });
});
