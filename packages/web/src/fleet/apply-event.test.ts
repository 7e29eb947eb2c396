import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttachmentDocument, HostDocument } from '@virtfn/contract';
import { documentOfHost } from '@virtfn/contract/documents';
import { hostDifferences, type ReportedHost } from '@virtfn/contract/inventory';
import { fishMachine, observeMachine, VirtualClock, writeSriovNumvfs } from '@virtfn/host-simulator';
import type { PhysicalFunction } from '@virtfn/model';
import fc from 'fast-check';
import { attachmentsAfter, documentAfter } from './apply-event.ts';

type PfDocument = HostDocument['pfs'][number];
type VfDocument = PfDocument['vfs'][number];

const AT = '2026-01-02T03:04:05Z';
const LATER = '2026-01-02T03:05:05Z';

// Only what the functions look at; the rest of a document goes through as it is.
const vf = (vfIndex: number, driver: string | null = null): VfDocument => ({ vfIndex, driver }) as VfDocument;
const pf = (pciAddress: string, vfs: readonly VfDocument[], mtu = 1500, numVfs = 4): PfDocument =>
  ({ pciAddress, mtu, numVfs, vfs: [...vfs] }) as PfDocument;
/** A PF as an event tells it. */
const toldOf = ({ pciAddress, mtu, numVfs }: PfDocument): Omit<PfDocument, 'vfs'> =>
  ({ pciAddress, mtu, numVfs }) as PfDocument;
const host = (...pfs: readonly PfDocument[]): HostDocument =>
  ({ hostId: 'fish', reportedAt: AT, pfs: [...pfs] }) as HostDocument;

describe('documentAfter()', () => {
  const before = host(pf('a', [vf(0), vf(1)]), pf('b', [vf(0)]));

  for (const { name, changed, want } of [
    {
      name: 'replaces a VF and leaves its neighbours',
      changed: { pfs: [], vfs: [{ pf: 'a', vf: vf(1, 'vfio-pci') }] },
      want: host(pf('a', [vf(0), vf(1, 'vfio-pci')]), pf('b', [vf(0)])),
    },
    {
      name: 'replaces what is told of a PF and keeps its VFs',
      changed: { pfs: [toldOf(pf('b', [], 9000))], vfs: [] },
      want: host(pf('a', [vf(0), vf(1)]), pf('b', [vf(0)], 9000)),
    },
    {
      name: 'takes a VF in that was not there, in its place',
      changed: {
        pfs: [],
        vfs: [
          { pf: 'b', vf: vf(2) },
          { pf: 'b', vf: vf(1) },
        ],
      },
      want: host(pf('a', [vf(0), vf(1)]), pf('b', [vf(0), vf(1), vf(2)])),
    },
    {
      name: 'takes those VFs away that the PF no longer has, and changes the one that is left',
      changed: { pfs: [toldOf(pf('a', [], 1500, 1))], vfs: [{ pf: 'a', vf: vf(0, 'vfio-pci') }] },
      want: host(pf('a', [vf(0, 'vfio-pci')], 1500, 1), pf('b', [vf(0)])),
    },
    {
      name: 'takes all VFs away where the number of them is all that is told',
      changed: { pfs: [toldOf(pf('a', [], 1500, 0))], vfs: [] },
      want: host(pf('a', [], 1500, 0), pf('b', [vf(0)])),
    },
    {
      name: 'replaces what differs from host.yaml',
      changed: { pfs: [], vfs: [], drift: [], quarantined: ['attachment-1'] },
      want: { ...before, drift: [], quarantined: ['attachment-1'] },
    },
  ])
    it(name, () => {
      assert.deepEqual(documentAfter(before, changed, LATER), { ...want, reportedAt: LATER });
    });

  it('leaves a PF the object that it was when nothing is told of it', () => {
    const after = documentAfter(before, { pfs: [], vfs: [{ pf: 'a', vf: vf(1, 'vfio-pci') }] }, LATER);
    assert.notEqual(after.pfs[0], before.pfs[0]);
    assert.equal(after.pfs[1], before.pfs[1]);
  });
});

/** Of each port of the machine. */
const MOST_VFS = 7;

/** Any number of VFs on any PF, and now and then a VF that an agent did not find in its place. */
function arbitraryReports(): fc.Arbitrary<ReportedHost> {
  const clock = new VirtualClock();
  const machine = fishMachine(clock);
  for (const each of machine.pfs) writeSriovNumvfs(machine, each, MOST_VFS);
  clock.advance(1000);
  const observed = observeMachine(machine);
  const lookOf = (all: PhysicalFunction): fc.Arbitrary<PhysicalFunction> =>
    fc
      .record({
        numVfs: fc.nat({ max: MOST_VFS }),
        mtu: fc.constantFrom(1500, 9000),
        drivers: fc.array(fc.constantFrom(null, 'igbvf', 'vfio-pci'), {
          minLength: MOST_VFS,
          maxLength: MOST_VFS,
        }),
        missing: fc.option(fc.nat({ max: MOST_VFS }), { freq: 8 }),
      })
      .map(({ numVfs, mtu, drivers, missing }) => ({
        ...all,
        numVfs,
        mtu,
        vfs: all.vfs
          .filter(({ vfIndex }) => vfIndex < numVfs && vfIndex !== missing)
          .map((each) => ({ ...each, driver: drivers[each.vfIndex] ?? null })),
      }));
  return fc.tuple(fc.nat(), ...observed.pfs.map(lookOf)).map(([seconds, ...pfs]) => ({
    observed: { ...observed, pfs },
    findings: [],
    physicalNetworks: new Map(),
    reportedAt: new Date(1000 * seconds),
  }));
}

const vfCount = ({ observed }: ReportedHost): number => observed.pfs.flatMap(({ vfs }) => vfs).length;

describe('documentAfter() and hostDifferences()', () => {
  it('agree: what differs, put in its place, is what an agent reported', () => {
    let told = 0;
    let gone = 0;
    const documentOf = (report: ReportedHost): HostDocument => documentOfHost(report, report.reportedAt);
    fc.assert(
      fc.property(arbitraryReports(), arbitraryReports(), (before, after) => {
        const changed = hostDifferences(before, after);
        if (changed === null) return;
        told += 1;
        if (vfCount(after) < vfCount(before)) gone += 1;
        const want = documentOf(after);
        assert.deepEqual(documentAfter(documentOf(before), changed, want.reportedAt), want);
      }),
      { numRuns: 500 },
    );
    assert.ok(gone > 10, `of ${told} looks that were told, in ${gone} VFs were gone`);
  });
});

describe('attachmentsAfter()', () => {
  const attachment = (attachmentId: string, state: AttachmentDocument['state']): AttachmentDocument =>
    ({ attachmentId, state }) as AttachmentDocument;
  const event = (id: string, view: AttachmentDocument | null) => ({
    kind: 'attachment' as const,
    id,
    view,
    revision: 1,
    at: AT,
    hostId: 'fish',
    projectId: null,
  });
  const before = [attachment('a', 'configured'), attachment('b', 'wanted')];

  it('replaces the one that has changed', () => {
    const after = attachmentsAfter(before, event('b', attachment('b', 'configured')));
    assert.deepEqual(after, [attachment('a', 'configured'), attachment('b', 'configured')]);
  });

  it('forgets the one that is gone', () => {
    assert.deepEqual(attachmentsAfter(before, event('a', null)), [attachment('b', 'wanted')]);
  });
});
