import type { AttachmentDocument, FleetEvent, HostDocument } from '@virtfn/contract';

type HostView = NonNullable<Extract<FleetEvent, { kind: 'host' }>['view']>;

/**
 * A host behind a report that changed some of its PFs and VFs. What has not changed is the same object. Pure.
 *
 * @param reportedAt when that was, ISO 8601
 */
export function documentAfter(
  document: HostDocument,
  { pfs: changedPfs, vfs: changedVfs, ...besides }: NonNullable<HostView['changed']>,
  reportedAt: string,
): HostDocument {
  const pfOf = new Map(changedPfs.map((pf) => [pf.pciAddress, pf]));
  const vfsOf = Map.groupBy(changedVfs, ({ pf }) => pf);
  const pfs = document.pfs.map((pf) => {
    const told = pfOf.get(pf.pciAddress);
    const changes = (vfsOf.get(pf.pciAddress) ?? []).map(({ vf }) => vf);
    if (told === undefined && changes.length === 0) return pf;
    // Without what it said before: a field that an agent no longer tells is not told of anew either.
    const own = told ?? pf;
    return { ...own, vfs: vfsAfter(pf.vfs, changes, own.numVfs) };
  });
  return { ...document, ...besides, reportedAt, pfs };
}

type VfDocument = HostDocument['pfs'][number]['vfs'][number];

/** That VFs are gone nothing tells but the number of those that are left, and the last ones go first. */
function vfsAfter(vfs: VfDocument[], changes: readonly VfDocument[], numVfs: number): VfDocument[] {
  if (changes.length === 0 && vfs.every(({ vfIndex }) => vfIndex < numVfs)) return vfs;
  const byIndex = new Map([...vfs, ...changes].map((vf) => [vf.vfIndex, vf]));
  return [...byIndex.values()]
    .filter(({ vfIndex }) => vfIndex < numVfs)
    .toSorted((a, b) => a.vfIndex - b.vfIndex);
}

/** The attachments of a host behind a change of one. Pure. */
export function attachmentsAfter(
  attachments: readonly AttachmentDocument[],
  { id, view }: Extract<FleetEvent, { kind: 'attachment' }>,
): readonly AttachmentDocument[] {
  const others = attachments.filter(({ attachmentId }) => attachmentId !== id);
  return view === null ? others : [...others, view];
}
