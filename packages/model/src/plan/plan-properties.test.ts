import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addFdbEntry,
  CARDS,
  isVfOpen,
  type Card,
  KernelErrno,
  observeMachine,
  randomDesired,
  seededRandom,
  setVfDriver,
  setVfSetting,
  SimulatedHost,
  SimulatedMachine,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import {
  type DesiredHost,
  describeVfUser,
  type FdbClaim,
  isFdbStep,
  isJournalStep,
  type ObservedHost,
  type OrphanedAttachment,
  parseAttachmentId,
  parseHostId,
  parseMacAddress,
  parseNetdevName,
  parseVlan,
  plan,
  type Step,
  type VfSetting,
  type VfUser,
  vfOwners,
} from '../index.ts';
import fc from 'fast-check';

const cards: readonly Card[] = Object.values(CARDS);

/** Who serves which VF, by `PF/index`: the part of a journal that the plan reads. */
type Owners = Map<string, ReturnType<typeof parseAttachmentId>>;

/** The other part: which forwarding entries are ours, by `PF/MAC`. */
type FdbClaims = Map<string, FdbClaim>;

function ignoreRefusal(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof KernelErrno)) throw error;
  }
}

/** A machine that somebody else has been at: VFs with any settings, drivers and users, some owned by attachments. */
function usedMachine(
  card: Card,
  random: () => number,
): { machine: SimulatedMachine; owners: Owners; fdbClaims: FdbClaims } {
  const machine = new SimulatedMachine(parseHostId('used'), new VirtualClock(), [
    { card, slot: '0000:3b:00', netdevNames: ['ens1f0', 'ens1f1'] },
  ]);
  const owners: Owners = new Map();
  const fdbClaims: FdbClaims = new Map();
  const below = (limit: number): number => Math.floor(random() * limit);
  for (const pf of machine.pfs) {
    pf.driversAutoprobe = random() < 0.5;
    writeSriovNumvfs(machine, pf, below(6));
    // The last of them is one of those that random wishes ask for.
    for (const mac of ['52:54:00:ee:00:00', '52:54:00:ee:00:01', '52:54:00:ff:00:00'].map(parseMacAddress)) {
      if (random() < 0.2) addFdbEntry(machine, pf, mac);
      if (random() < 0.4) fdbClaims.set(`${pf.address}/${mac}`, { pf: pf.address, mac });
    }
    for (const vf of pf.vfs) {
      const settings: readonly VfSetting[] = [
        { attribute: 'vlan', value: parseVlan(1 + below(4094)) },
        { attribute: 'trust', value: random() < 0.5 },
        { attribute: 'spoofCheck', value: random() < 0.5 },
        { attribute: 'linkState', value: random() < 0.5 ? 'disable' : 'enable' },
        { attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: 50 } },
      ];
      for (const setting of settings) {
        if (random() < 0.4) ignoreRefusal(() => setVfSetting(machine, pf, vf, setting));
      }
      const driver = (['kernel', 'vfio-pci', 'none'] as const)[below(3)] ?? 'none';
      setVfDriver(machine, pf, vf, driver);
      const users: Readonly<Record<typeof driver, readonly VfUser[]>> = {
        kernel: [
          { kind: 'macvtap', netdevName: parseNetdevName('macvtap0'), vm: 'vm2' },
          { kind: 'network-namespace', name: 'blue' },
          { kind: 'rdma', device: 'mlx5_1' },
        ],
        'vfio-pci': [{ kind: 'vfio', process: 'qemu-system-x86', vm: `vm-${vf.vfIndex}` }],
        none: [],
      };
      const user = users[driver][below(3)];
      if (user !== undefined && random() < 0.4) machine.addVfUser(pf, vf.vfIndex, user);
      const id = `a-${pf.address.slice(5).replaceAll(/[:.]/g, '')}-${vf.vfIndex}-${below(2)}`;
      if (random() < 0.4) owners.set(`${pf.address}/${vf.vfIndex}`, parseAttachmentId(id));
    }
  }
  machine.clock.advance(5000);
  return { machine, owners, fdbClaims };
}

function withOwners(observed: ObservedHost, owners: Owners, fdbClaims: FdbClaims): ObservedHost {
  const there = new Set<string>();
  const pfs = observed.pfs.map((pf) => ({
    ...pf,
    vfs: pf.vfs.map((vf) => {
      const key = `${pf.pciAddress}/${vf.vfIndex}`;
      there.add(key);
      return { ...vf, attachmentId: owners.get(key) ?? null };
    }),
  }));
  const orphans = [...owners].flatMap(([key, attachmentId]): OrphanedAttachment[] => {
    const pf = observed.pfs.find((each) => key.startsWith(each.pciAddress))?.pciAddress;
    return there.has(key) || pf === undefined
      ? []
      : [{ pf, vfIndex: Number(key.split('/')[1]), attachmentId }];
  });
  return { ...observed, pfs, orphans, fdbClaims: [...fdbClaims.values()] };
}

/** Requests of every kind: some name owners to be released or evicted, most do not. */
function randomRequest(machine: SimulatedMachine, owners: Owners, random: () => number): DesiredHost {
  const desired = randomDesired(machine, Math.floor(random() * 4), random);
  const wanted = new Set(
    desired.pfs.flatMap((pf) => pf.vfs.map((vf) => (vf.kind === 'unmanaged' ? '' : vf.attachmentId))),
  );
  const releases = [...owners.values()].filter((id) => !wanted.has(id) && random() < 0.3);
  const users = machine.pfs.flatMap((pf) => pf.vfs.flatMap((vf) => vf.users.map(describeVfUser)));
  const evict = [...new Set([...users, ...[...owners.values()].map((id) => `attachment ${id}`)])].filter(
    () => random() < 0.2,
  );
  return { ...desired, releases, evict };
}

/** What the step would take from somebody whom the request does not name. */
function trespasses(step: Step, desired: DesiredHost, observed: ObservedHost): readonly string[] {
  const pf = observed.pfs.find((each) => each.pciAddress === step.pf);
  if (pf === undefined) return [];
  const removesAll = step.kind === 'set-num-vfs' && step.from > 0;
  const touched =
    'vfIndex' in step ? pf.vfs.filter((vf) => vf.vfIndex === step.vfIndex) : removesAll ? pf.vfs : [];
  const named = new Set([...desired.evict, ...desired.releases.map((id) => `attachment ${id}`)]);
  return touched.flatMap((vf) => {
    const wanted = desired.pfs
      .find((each) => each.pf === pf.pciAddress)
      ?.vfs.find((each) => each.vfIndex === vf.vfIndex);
    const requester = wanted === undefined || wanted.kind === 'unmanaged' ? null : wanted.attachmentId;
    // A VF that serves the requester may be used by the requester's own machine.
    if (!removesAll && requester !== null && vf.attachmentId === requester) return [];
    const unnamed = vfOwners(vf).filter((owner) => !named.has(owner));
    const held = vf.users.some((user) => user.kind === 'vfio')
      ? ['a VFIO user, whom nobody may push aside']
      : [];
    return [...unnamed, ...held];
  });
}

const numRuns = 1500;
const anyCase = fc.record({ card: fc.constantFrom(...cards), seed: fc.nat() });

describe('plan()', () => {
  it('has no step that touches a VF which has an owner other than the request names', () => {
    let stepsSeen = 0;
    let refusalsSeen = 0;
    fc.assert(
      fc.property(anyCase, ({ card, seed }) => {
        const random = seededRandom(seed);
        const { machine, owners, fdbClaims } = usedMachine(card, random);
        const observed = withOwners(observeMachine(machine), owners, fdbClaims);
        const desired = randomRequest(machine, owners, random);
        const { steps, refusals } = plan(desired, observed);
        stepsSeen += steps.length;
        refusalsSeen += refusals.length;
        for (const step of steps)
          assert.deepEqual(trespasses(step, desired, observed), [], JSON.stringify(step));
      }),
      { numRuns },
    );
    assert.ok(stepsSeen > numRuns && refusalsSeen > numRuns / 4, 'the cases are not empty');
  });

  it('gives no steps once its own steps were applied, whoever sat on the VFs before', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ card, seed }) => {
        const random = seededRandom(seed);
        const { machine, owners, fdbClaims } = usedMachine(card, random);
        const host = new SimulatedHost(machine);
        const desired = randomRequest(machine, owners, random);
        const observe = async (): Promise<ObservedHost> =>
          withOwners(await host.observe(), owners, fdbClaims);
        for (const step of plan(desired, await observe()).steps) {
          const key = 'vfIndex' in step ? `${step.pf}/${step.vfIndex}` : '';
          if (step.kind === 'claim-vf') {
            const vf = machine.pf(step.pf).vfs[step.vfIndex];
            assert.ok(vf !== undefined && !isVfOpen(vf), 'a VF is closed when it is claimed');
            owners.set(key, step.attachmentId);
          }
          if (step.kind === 'release-vf') owners.delete(key);
          if (isFdbStep(step)) {
            const entry = `${step.pf}/${step.mac}`;
            const { fdb } = machine.pf(step.pf);
            if (step.kind === 'claim-fdb-entry') fdbClaims.set(entry, step);
            else assert.ok(fdbClaims.has(entry), 'nobody touches an entry that is not ours');
            if (step.kind === 'release-fdb-entry') {
              assert.ok(!fdb.includes(step.mac), 'an entry is gone when it is forgotten');
              fdbClaims.delete(entry);
            }
          }
          if (!isJournalStep(step)) await host.apply(step);
        }
        assert.deepEqual(plan(desired, await observe()).steps, []);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same steps for the same input, and changes neither', () => {
    fc.assert(
      fc.property(anyCase, ({ card, seed }) => {
        const random = seededRandom(seed);
        const { machine, owners, fdbClaims } = usedMachine(card, random);
        const observed = withOwners(observeMachine(machine), owners, fdbClaims);
        const desired = randomRequest(machine, owners, random);
        const before = JSON.stringify({ observed, desired });
        assert.deepEqual(plan(desired, observed), plan(desired, observed));
        assert.equal(JSON.stringify({ observed, desired }), before);
      }),
      { numRuns: 200 },
    );
  });

  it('names in its blast radius everybody whose VF its steps take away', () => {
    fc.assert(
      fc.property(anyCase, ({ card, seed }) => {
        const random = seededRandom(seed);
        const { machine, owners, fdbClaims } = usedMachine(card, random);
        const observed = withOwners(observeMachine(machine), owners, fdbClaims);
        const desired = randomRequest(machine, owners, random);
        const { steps, blastRadius } = plan(desired, observed);
        const told = new Set(
          blastRadius.filter((loss) => loss.effect === 'vf-removed').flatMap((loss) => loss.owners),
        );
        for (const step of steps) {
          if (step.kind !== 'set-num-vfs' || step.from === 0) continue;
          const pf = observed.pfs.find((each) => each.pciAddress === step.pf);
          for (const owner of pf?.vfs.flatMap(vfOwners) ?? []) assert.ok(told.has(owner), owner);
        }
      }),
      { numRuns: 500 },
    );
  });
});
