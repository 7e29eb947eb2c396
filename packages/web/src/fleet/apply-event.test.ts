import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttachmentDocument, HostDocument } from '@virtfn/contract';
import { attachmentsAfter, documentAfter } from './apply-event.ts';

type PfDocument = HostDocument['pfs'][number];
type VfDocument = PfDocument['vfs'][number];

// Only what the functions look at; the rest of a document goes through as it is.
const vf = (vfIndex: number, driver: string | null = null): VfDocument => ({ vfIndex, driver }) as VfDocument;
const pf = (pciAddress: string, vfs: readonly VfDocument[], mtu = 1500): PfDocument =>
  ({ pciAddress, mtu, vfs: [...vfs] }) as PfDocument;
const host = (...pfs: readonly PfDocument[]): HostDocument =>
  ({ hostId: 'fish', pfs: [...pfs] }) as HostDocument;

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
      changed: { pfs: [{ pciAddress: 'b', mtu: 9000 } as PfDocument], vfs: [] },
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
  ])
    it(name, () => {
      assert.deepEqual(documentAfter(before, changed), want);
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
    at: '2026-01-02T03:04:05Z',
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
