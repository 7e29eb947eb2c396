import { checkDesiredHost, type DesiredHost } from '../desired/index.ts';
import type { ObservedHost } from '../inventory/index.ts';
import { blastRadiusOf } from './blast-radius.ts';
import { type Plan, type Refusal, refusal } from './plan.ts';
import type { PlanContext } from './plan-input.ts';
import { planPf } from './plan-pf.ts';
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
  const context: PlanContext = { releases: new Set(desired.releases), evict: new Set(desired.evict) };
  const observedPfs = new Map(observed.pfs.map((pf) => [pf.pciAddress, pf]));
  const steps: Step[] = [];
  const refusals: Refusal[] = [];
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
    planPf(desiredPf, pf, context, steps, refusals);
  }
  return { steps, refusals, blastRadius: blastRadiusOf(steps, observed) };
}
