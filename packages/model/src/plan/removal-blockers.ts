import type { DesiredVf } from '../desired/index.ts';
import { type PhysicalFunction, vfOwners } from '../inventory/index.ts';
import type { PlanContext } from './plan-input.ts';

/**
 * Who stands in the way of removing all VFs of the PF. A process that holds a VF through VFIO always does,
 * evicted or not: the kernel would wait for it while holding the locks of the PCI bus (K4).
 */
export function removalBlockers(
  desiredVfs: readonly DesiredVf[],
  pf: PhysicalFunction,
  context: PlanContext,
): readonly string[] {
  const unmanaged = new Set(desiredVfs.filter((vf) => vf.kind === 'unmanaged').map((vf) => vf.vfIndex));
  const blockers: string[] = [];
  for (const vf of pf.vfs) {
    const held = vf.users.some((user) => user.kind === 'vfio');
    const released = vf.attachmentId !== null && context.releases.has(vf.attachmentId);
    const owners = vfOwners(vf).filter(
      (owner) => !context.evict.has(owner) && !(released && owner === `attachment ${vf.attachmentId}`),
    );
    if (unmanaged.has(vf.vfIndex)) blockers.push(`VF ${vf.vfIndex}, which is not managed`);
    else if (owners.length > 0) blockers.push(`VF ${vf.vfIndex} by ${owners.join(' and ')}`);
    else if (held)
      blockers.push(`VF ${vf.vfIndex} by ${vfOwners(vf).join(' and ')}, who must let go of it first`);
  }
  return blockers;
}
