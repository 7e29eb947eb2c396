import type { FleetEvent } from '@virtfn/contract';
import { wirePfs } from '../inventory/index.ts';
import type { StoredHost } from '../store/index.ts';

type HostChanges = NonNullable<Extract<FleetEvent, { kind: 'host' }>['view']>['changed'];

/** More is not told one by one: who needs it looks at the host again. */
const MOST_VFS = 256;

/**
 * Which PFs and VFs differ between two reports; null: too many, or PFs came or went.
 *
 * Holds: `before` with these put in their places is `after`, apart from VFs that are gone, which `numVfs` of their PF tells.
 */
export function hostDifferences(before: StoredHost, after: StoredHost): HostChanges {
  const oldPfs = new Map(wirePfs(before).map((pf) => [pf.pciAddress, pf]));
  if (oldPfs.size !== after.observed.pfs.length) return null;
  const changed: NonNullable<HostChanges> = { pfs: [], vfs: [] };
  for (const { vfs, ...pf } of wirePfs(after)) {
    const known = oldPfs.get(pf.pciAddress);
    if (known === undefined) return null;
    const { vfs: oldVfs, ...oldPf } = known;
    if (JSON.stringify(oldPf) !== JSON.stringify(pf)) changed.pfs.push(pf);
    const oldTexts = new Map(oldVfs.map((vf) => [vf.vfIndex, JSON.stringify(vf)]));
    for (const vf of vfs) {
      if (oldTexts.get(vf.vfIndex) !== JSON.stringify(vf)) changed.vfs.push({ pf: pf.pciAddress, vf });
    }
  }
  return changed.vfs.length > MOST_VFS ? null : changed;
}
