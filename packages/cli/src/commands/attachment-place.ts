import type { AttachmentDocument } from '@virtfn/contract';

/** Where a port has its VF, for people. */
export function attachmentPlace({ portId, vfIndex, pf, hostId }: AttachmentDocument): string {
  return `port ${portId} on ${vfIndex === null ? '' : `VF ${vfIndex} of `}PF ${pf} of host ${hostId}`;
}
