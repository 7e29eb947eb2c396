import { checkDesiredHost, type DesiredHost } from '../desired/index.ts';
import type { MacAddress } from '../ethernet/index.ts';
import type { ObservedHost } from '../inventory/index.ts';
import type { PciAddress } from '../pci/index.ts';
import { blastRadiusOf } from './blast-radius.ts';
import { type Plan, type Refusal, refusal } from './plan.ts';
import { planFdbReleases } from './plan-fdb.ts';
import { mayLose, type PlanContext, vfKey } from './plan-input.ts';
import { planPf, planReleases } from './plan-pf.ts';
import { planReloads } from './plan-reload.ts';
import type { Step } from './step.ts';

/**
 * Plans how to bring one host from `observed` to `desired`. Pure: no clock, no I/O, no log.
 *
 * Holds: same input, same steps; planning again after all steps gives none; no step touches a VF that has an
 * owner other than the request's; what cannot be had is a refusal and stops nothing else.
 *
 * @throws {SriovError} DESIRED_CONFLICT, NUM_VFS_INVALID, VF_INDEX_INVALID when `desired` contradicts itself
 */
export function plan(desired: DesiredHost, observed: ObservedHost): Plan {
  checkDesiredHost(desired);
  const context: PlanContext = {
    releases: new Set(desired.releases),
    evict: new Set(desired.evict),
    reloadDriver: desired.reloadDriver,
    orphans: new Map(
      observed.orphans.map((orphan) => [vfKey(orphan.pf, orphan.vfIndex), orphan.attachmentId]),
    ),
    fdbClaims: fdbClaimsByPf(observed),
  };
  const observedPfs = new Map(observed.pfs.map((pf) => [pf.pciAddress, pf]));
  const steps: Step[] = [];
  const refusals: Refusal[] = [];
  const reloads = planReloads(desired, observed, context, steps, refusals);
  for (const desiredPf of desired.pfs) {
    const pf = observedPfs.get(desiredPf.pf);
    if (pf === undefined) {
      refusals.push(
        refusal(
          desiredPf,
          'PF_UNKNOWN',
          `Cannot plan PF ${desiredPf.pf}: host ${observed.hostId} has no such PF`,
        ),
      );
      continue;
    }
    planPf(desiredPf, pf, context, reloads.get(desiredPf.pf) ?? null, steps, refusals);
  }
  const listed = new Set(desired.pfs.map((pf) => pf.pf));
  for (const pf of observed.pfs) {
    if (listed.has(pf.pciAddress)) continue;
    steps.push(...planFdbReleases(pf, context));
    planReleases(pf, context, steps, refusals);
  }
  for (const { pf, mac } of observed.fdbClaims) {
    // The card is gone, and its entries with it.
    if (!observedPfs.has(pf) && !listed.has(pf)) steps.push({ kind: 'release-fdb-entry', pf, mac });
  }
  releaseOrphans(desired, observed, context, steps);
  return { steps, refusals, blastRadius: blastRadiusOf(steps, observed) };
}

function fdbClaimsByPf({ fdbClaims }: ObservedHost): PlanContext['fdbClaims'] {
  const byPf = new Map<PciAddress, Set<MacAddress>>();
  for (const { pf, mac } of fdbClaims) byPf.set(pf, (byPf.get(pf) ?? new Set()).add(mac));
  return byPf;
}

/** Gives back what belongs to VFs that are not there and will not be there for the same attachment again. */
function releaseOrphans(
  desired: DesiredHost,
  observed: ObservedHost,
  context: PlanContext,
  steps: Step[],
): void {
  if (observed.orphans.length === 0) return;
  const wanted = new Set(
    desired.pfs.flatMap((pf) =>
      pf.vfs.flatMap((vf) =>
        vf.kind === 'unmanaged' ? [] : [`${vfKey(pf.pf, vf.vfIndex)} ${vf.attachmentId}`],
      ),
    ),
  );
  const done = new Set(
    steps.flatMap((step) =>
      step.kind === 'release-vf' ? [`${vfKey(step.pf, step.vfIndex)} ${step.attachmentId}`] : [],
    ),
  );
  for (const { pf, vfIndex, attachmentId } of observed.orphans) {
    const key = `${vfKey(pf, vfIndex)} ${attachmentId}`;
    if (wanted.has(key) || done.has(key) || !mayLose(context, attachmentId)) continue;
    steps.push({ kind: 'release-vf', pf, vfIndex, attachmentId });
  }
}
