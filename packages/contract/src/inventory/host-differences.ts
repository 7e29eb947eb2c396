import { isDeepStrictEqual } from 'node:util';
import type { FleetEvent, HostDocument } from '../v1/index.ts';
import type { ReportedHost } from './reported-host.ts';
import { wirePfs } from './wire-pfs.ts';

type HostChanges = NonNullable<Extract<FleetEvent, { kind: 'host' }>['view']>['changed'];

/** More is not told one by one: who needs it looks at the host again. */
const MOST_VFS = 256;

/**
 * Which PFs and VFs differ between two reports; null: too many, PFs came or went, or something else differs, too.
 *
 * Holds: `before` with these put in their places is `after`, once the VFs are taken away that `numVfs` of their PF no longer counts.
 */
export function hostDifferences(before: ReportedHost, after: ReportedHost): HostChanges {
  if (!isDeepStrictEqual(besidesPfs(before), besidesPfs(after))) return null;
  const oldPfs = new Map(wirePfs(before).map((pf) => [pf.pciAddress, pf]));
  if (oldPfs.size !== after.observed.pfs.length) return null;
  const besides = besidesDifferences(before, after);
  if (besides === null) return null;
  const changed: NonNullable<HostChanges> = { pfs: [], vfs: [], ...besides };
  for (const { vfs, ...pf } of wirePfs(after)) {
    const known = oldPfs.get(pf.pciAddress);
    if (known === undefined) return null;
    const { vfs: oldVfs, ...oldPf } = known;
    if (JSON.stringify(oldPf) !== JSON.stringify(pf)) changed.pfs.push(pf);
    if (hasGap(oldVfs, vfs, pf.numVfs)) return null;
    const oldTexts = new Map(oldVfs.map((vf) => [vf.vfIndex, JSON.stringify(vf)]));
    for (const vf of vfs) {
      if (oldTexts.get(vf.vfIndex) !== JSON.stringify(vf)) changed.vfs.push({ pf: pf.pciAddress, vf });
    }
  }
  return changed.vfs.length > MOST_VFS ? null : changed;
}

type Vfs = HostDocument['pfs'][number]['vfs'];

/** Whether a VF is gone that is counted still: the kernel makes or takes VFs while the agent looks. */
function hasGap(before: Vfs, after: Vfs, numVfs: number): boolean {
  const left = new Set(after.map(({ vfIndex }) => vfIndex));
  return before.some(({ vfIndex }) => vfIndex < numVfs && !left.has(vfIndex));
}

/** What a report says beside its PFs and what is told by name; when it was made does not make it another one. */
function besidesPfs(host: ReportedHost) {
  const told = { reportedAt: null, drift: null, quarantined: null };
  return { ...host, ...told, observed: { ...host.observed, pfs: [] } };
}

/** What every port that comes to a host changes there for a moment; null: it is no longer told. */
function besidesDifferences(
  before: ReportedHost,
  { drift, quarantined }: ReportedHost,
): Pick<NonNullable<HostChanges>, 'drift' | 'quarantined'> | null {
  const isOtherDrift = !isDeepStrictEqual(before.drift, drift);
  const isOtherQuarantine = !isDeepStrictEqual(before.quarantined, quarantined);
  if ((isOtherDrift && drift === undefined) || (isOtherQuarantine && quarantined === undefined)) return null;
  return {
    ...(isOtherDrift && drift !== undefined ? { drift: structuredClone([...drift]) } : {}),
    ...(isOtherQuarantine && quarantined !== undefined ? { quarantined: [...quarantined] } : {}),
  };
}
