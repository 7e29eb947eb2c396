import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addFdbEntry,
  type Fault,
  randomDesired,
  seededRandom,
  SimulatedHost,
  type SimulatedMachine,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  closedProblems,
  type DesiredHost,
  effectiveCapability,
  type MacAddress,
  parseMacAddress,
  type PciAddress,
  plan,
} from '@virtfn/model';
import fc from 'fast-check';
import { withJournal } from './merge-journal.ts';
import { Reconciler } from './reconciler.ts';
import { MemoryJournal } from '../journal/index.ts';
import { WALK_MACHINES, WalkHost } from './walk-rig.ts';

const ONCE = { match: {}, times: 1 } as const;
const FOREVER = { match: {}, times: Number.POSITIVE_INFINITY } as const;

/** Every fault that a step can have; the third column strikes one kind of step for good. */
const FAULTS: readonly {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly skip?: number;
}[] = [
  { name: 'no fault', faults: [] },
  { name: 'a step refused once', faults: [{ kind: 'refuse', errno: 'EIO', ...ONCE }] },
  {
    name: 'every VF count refused for good',
    faults: [{ kind: 'refuse', errno: 'ENOMEM', ...FOREVER, match: { kind: 'set-num-vfs' } }],
  },
  {
    name: 'every spoof check refused for good',
    faults: [{ kind: 'refuse', errno: 'EIO', ...FOREVER, match: { attribute: 'spoofCheck' } }],
  },
  {
    name: 'every VLAN refused for good',
    faults: [{ kind: 'refuse', errno: 'EIO', ...FOREVER, match: { attribute: 'vlan' } }],
  },
  {
    name: 'every trust refused for good',
    faults: [{ kind: 'refuse', errno: 'EPERM', ...FOREVER, match: { attribute: 'trust' } }],
  },
  {
    name: 'every MAC refused for good',
    faults: [{ kind: 'refuse', errno: 'EIO', ...FOREVER, match: { attribute: 'adminMac' } }],
  },
  {
    name: 'every driver change refused for good',
    faults: [{ kind: 'refuse', errno: 'EIO', ...FOREVER, match: { kind: 'set-vf-driver' } }],
  },
  {
    name: 'all steps on VF 1 refused for good',
    faults: [{ kind: 'refuse', errno: 'EIO', ...FOREVER, match: { vfIndex: 1 } }],
  },
  {
    name: 'every forwarding entry refused for good',
    faults: [{ kind: 'refuse', errno: 'ENOMEM', ...FOREVER, match: { kind: 'add-fdb-entry' } }],
  },
  {
    name: 'no forwarding entry to be removed for good',
    faults: [{ kind: 'refuse', errno: 'EIO', ...FOREVER, match: { kind: 'remove-fdb-entry' } }],
  },
  { name: 'an answer lost', faults: [{ kind: 'lose-answer', ...ONCE }] },
  { name: 'every answer lost', faults: [{ kind: 'lose-answer', ...FOREVER }] },
  {
    name: 'a forwarding entry that hangs',
    faults: [{ kind: 'hang', ...ONCE, match: { kind: 'add-fdb-entry' } }],
  },
  { name: 'a step that hangs', faults: [{ kind: 'hang', ...ONCE }] },
];

/** Longer than a hung step takes until it happens after all. */
const UNTIL_LATE_STEPS_ARE_DONE_MS = 60_000;

function walk(
  machineIndex: number,
  faultIndex: number,
  seed: number,
  order: 'forward' | 'reversed' | 'shuffled',
) {
  const random = seededRandom(seed);
  const clock = new VirtualClock();
  const machine = WALK_MACHINES[machineIndex]?.make(clock);
  const faults = FAULTS[faultIndex]?.faults;
  assert.ok(machine !== undefined && faults !== undefined);
  let states = Array.from({ length: 4 }, (_, generation) => randomDesired(machine, generation, random));
  if (order === 'reversed') states = states.toReversed();
  if (order === 'shuffled')
    states = states
      .map((state) => ({ state, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ state }) => state);
  return { random, clock, machine, faults, states };
}

/** Somebody else, who sets entries of its own when the machine starts: one of them is one that walks want at times. */
function othersFdb(machine: SimulatedMachine, address: PciAddress): readonly MacAddress[] {
  const isFirst = machine.pfs[0]?.address === address;
  return isFirst ? OTHERS_MACS : [];
}

function setOthersFdb(machine: SimulatedMachine): void {
  for (const pf of machine.pfs)
    for (const mac of othersFdb(machine, pf.address)) addFdbEntry(machine, pf, mac);
}

const OTHERS_MACS = ['52:54:00:ff:00:02'].map(parseMacAddress);

async function assertAsWanted(
  machine: SimulatedMachine,
  host: WalkHost,
  journal: MemoryJournal,
  desired: DesiredHost,
): Promise<void> {
  const claims = journal.claims();
  const fdbClaims = journal.fdbClaims();
  const observed = { ...withJournal(await host.observe(), claims), fdbClaims };
  const again = plan(desired, observed);
  assert.deepEqual(again.steps, [], 'planning again gives no steps');
  assert.deepEqual(again.refusals, [], 'nothing is refused');
  const wanted = new Map(desired.pfs.flatMap((pf) => pf.vfs.map((vf) => [`${pf.pf}/${vf.vfIndex}`, vf])));
  for (const pf of observed.pfs) {
    if (!desired.pfs.some((each) => each.pf === pf.pciAddress)) continue;
    for (const vf of pf.vfs) {
      const target = wanted.get(`${pf.pciAddress}/${vf.vfIndex}`);
      if (target?.kind !== 'attached') {
        assert.deepEqual(closedProblems(vf), [], `VF ${vf.vfIndex} of ${pf.pciAddress} is closed`);
        assert.equal(vf.attachmentId, null);
        continue;
      }
      assert.equal(vf.attachmentId, target.attachmentId);
      assert.equal(vf.settings?.adminMac, target.settings.adminMac);
      assert.deepEqual(vf.settings?.vlan, target.settings.vlan);
      const { attributes } = effectiveCapability(pf, pf.eswitchMode);
      if (attributes.spoofCheck === 'yes') assert.equal(vf.settings?.spoofCheck, target.settings.spoofCheck);
      if (attributes.trust === 'yes') assert.equal(vf.settings?.trust, target.settings.trust);
      assert.equal(vf.settings?.linkState, target.settings.linkState);
      assert.equal(vf.settings?.maxTxRateMbps, target.settings.maxTxRateMbps);
      assert.equal(vf.settings?.minTxRateMbps, target.settings.minTxRateMbps);
      assert.equal(vf.driver === 'vfio-pci', target.driver === 'vfio-pci');
      if (target.driver === 'kernel') assert.equal(vf.effectiveMac, target.settings.adminMac);
    }
  }
  for (const pf of observed.pfs) {
    const desiredPf = desired.pfs.find((each) => each.pf === pf.pciAddress);
    const isNeeded = desiredPf !== undefined && desiredPf.numVfs > 0 && pf.eswitchMode !== 'switchdev';
    const want = new Set(isNeeded ? (desiredPf.localMacs ?? []) : []);
    for (const mac of othersFdb(machine, pf.pciAddress)) want.add(mac);
    assert.deepEqual(new Set(pf.fdb), want, `the forwarding database of ${pf.pciAddress}`);
  }
  for (const { pf, mac } of fdbClaims) {
    const desiredPf = desired.pfs.find((each) => each.pf === pf);
    assert.ok(desiredPf?.localMacs?.includes(mac), `the claim of ${mac} leaked on ${machine.hostId}`);
  }
  // Whoever is no longer wanted has nothing left, on any PF.
  for (const claim of claims) {
    assert.ok(
      wanted.has(`${claim.pf}/${claim.vfIndex}`),
      `claim ${claim.attachmentId} leaked on ${machine.hostId}`,
    );
  }
}

describe('Reconciler on walks over desired states', () => {
  for (const [faultIndex, { name }] of FAULTS.entries()) {
    it(`converges under "${name}", with restarts in between, and never opens a VF wrongly`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(WALK_MACHINES.length - 1),
          fc.nat(),
          fc.constantFrom('forward' as const, 'reversed' as const, 'shuffled' as const),
          async (machineIndex, seed, order) => {
            const { random, clock, machine, faults, states } = walk(machineIndex, faultIndex, seed, order);
            const simulated = new SimulatedHost(machine);
            const journal = new MemoryJournal();
            const host = new WalkHost(simulated, journal);
            setOthersFdb(machine);
            for (const desired of states) {
              host.want(desired);
              for (const fault of faults) simulated.faults.inject(fault);
              const reconciler = new Reconciler(host, journal);
              if (random() < 0.5) {
                const killed = host.killAfter(1 + Math.floor(random() * 30));
                await Promise.race([reconciler.reconcile(desired), killed]);
                host.spare();
                if (random() < 0.2) {
                  machine.reboot();
                  setOthersFdb(machine);
                }
              } else {
                await reconciler.reconcile(desired);
              }
            }
            const last = states.at(-1);
            assert.ok(last !== undefined);
            simulated.faults.clear();
            clock.advance(UNTIL_LATE_STEPS_ARE_DONE_MS);
            const reconciler = new Reconciler(host, journal);
            await reconciler.forgive();
            await reconciler.reconcile(last);
            assert.deepEqual(host.violations, []);
            await assertAsWanted(machine, host, journal, last);
          },
        ),
        { numRuns: 150 },
      );
    });
  }
});
