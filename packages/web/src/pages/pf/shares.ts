import type { AttachmentDocument, HostDocument } from '@virtfn/contract';
import { isConfiguredAttachment } from '@virtfn/model';

type PfDocument = HostDocument['pfs'][number];

/** One VF that somebody has, and so part of what shares the link. */
export interface Share {
  readonly vfIndex: number;
  readonly pciAddress: string;
  /** null: it is no port's of the fleet. */
  readonly portId: string | null;
  /** Who has it, for people. */
  readonly owner: string;
  /** Mbit/s; null: none is set. */
  readonly minMbps: number | null;
  /** Mbit/s; null: none is set. */
  readonly maxMbps: number | null;
}

/** Who shares the link of a PF, by VF number, with the rates that the kernel shows. Pure. */
export function sharesOf(pf: PfDocument, attachments: readonly AttachmentDocument[]): readonly Share[] {
  const own = new Map(
    attachments.filter((each) => each.pf === pf.pciAddress).map((each) => [each.vfIndex, each]),
  );
  return pf.vfs.flatMap((vf) => {
    const attachment = own.get(vf.vfIndex);
    if (attachment === undefined && vf.attachmentId === null && vf.users.length === 0) return [];
    return [
      {
        vfIndex: vf.vfIndex,
        pciAddress: vf.pciAddress,
        portId: attachment?.portId ?? null,
        owner: attachment?.vm?.name ?? ownerWords(vf),
        minMbps: set(vf.settings?.minTxRateMbps),
        maxMbps: set(vf.settings?.maxTxRateMbps),
      },
    ];
  });
}

/** The kernel says 0 for no rate. */
const set = (mbps: number | null | undefined): number | null =>
  mbps === undefined || mbps === 0 ? null : mbps;

function ownerWords({ users, attachmentId }: PfDocument['vfs'][number]): string {
  for (const user of users) if ('vm' in user && user.vm !== null) return user.vm;
  const [user] = users;
  if (user === undefined)
    return attachmentId !== null && isConfiguredAttachment(attachmentId)
      ? 'its host, by host.yaml'
      : 'no machine yet';
  switch (user.kind) {
    case 'vfio':
      return user.process;
    case 'network-namespace':
      return `network namespace ${user.name}`;
    case 'macvtap':
      return user.netdevName;
    case 'rdma':
      return user.device;
  }
}
