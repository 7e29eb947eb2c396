import type { AttachmentDocument, FleetEvent, HostDocument } from '@virtfn/contract';

type HostView = NonNullable<Extract<FleetEvent, { kind: 'host' }>['view']>;

/** A host behind a report that changed some of its PFs and VFs. Pure. */
export function documentAfter(
  document: HostDocument,
  { pfs: changedPfs, vfs: changedVfs }: NonNullable<HostView['changed']>,
): HostDocument {
  const pfOf = new Map(changedPfs.map((pf) => [pf.pciAddress, pf]));
  const vfsOf = Map.groupBy(changedVfs, ({ pf }) => pf);
  const pfs = document.pfs.map((pf) => {
    const changes = new Map((vfsOf.get(pf.pciAddress) ?? []).map(({ vf }) => [vf.vfIndex, vf]));
    const own = { ...pf, ...pfOf.get(pf.pciAddress) };
    if (changes.size === 0) return own;
    const vfs = pf.vfs.map((vf) => changes.get(vf.vfIndex) ?? vf);
    const added = [...changes.values()].filter((vf) => !pf.vfs.some((each) => each.vfIndex === vf.vfIndex));
    return { ...own, vfs: [...vfs, ...added].toSorted((a, b) => a.vfIndex - b.vfIndex) };
  });
  return { ...document, pfs };
}

/** The attachments of a host behind a change of one. Pure. */
export function attachmentsAfter(
  attachments: readonly AttachmentDocument[],
  { id, view }: Extract<FleetEvent, { kind: 'attachment' }>,
): readonly AttachmentDocument[] {
  const others = attachments.filter(({ attachmentId }) => attachmentId !== id);
  return view === null ? others : [...others, view];
}
