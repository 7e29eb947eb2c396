import type { DesiredPf } from '../desired/index.ts';
import { maxVfsOf } from '../drivers/index.ts';
import type { ErrorCode } from '../errors/index.ts';
import type { EswitchMode, PhysicalFunction } from '../inventory/index.ts';
import { type Refusal, refusal } from './plan.ts';
import type { PfPlanInput } from './plan-input.ts';
import { removalBlockers } from './removal-blockers.ts';
import type { Step } from './step.ts';

/** How many VFs the PF will have, in which mode, and whether they will be new ones. */
export interface VfCountPlan {
  readonly numVfs: number;
  readonly mode: EswitchMode | null;
  readonly recreated: boolean;
  /** Why the number stays as it is although another is wanted. */
  readonly refusedBy: ErrorCode | null;
}

/** The eswitch mode to plan for. A mode that the driver does not have is refused and the present one stays. */
export function planEswitchMode(
  desired: DesiredPf,
  pf: PhysicalFunction,
  refusals: Refusal[],
): EswitchMode | null {
  const wanted = desired.eswitchMode;
  if (wanted === null || wanted === pf.eswitchMode) return pf.eswitchMode;
  if (pf.eswitchMode === null) {
    // A driver without the choice is in legacy mode.
    if (wanted === 'switchdev') {
      refusals.push(
        refusal(
          desired,
          'ESWITCH_MODE_UNSUPPORTED',
          `Cannot set eswitch mode switchdev on PF ${desired.pf}: driver ${pf.driver ?? 'none'} has legacy only`,
          { driver: pf.driver },
        ),
      );
    }
    return null;
  }
  return wanted;
}

function refuseCount(input: PfPlanInput): Refusal | null {
  const { desired, pf, capability } = input;
  if (desired.numVfs === pf.numVfs) return null;
  if (pf.driver === null || capability.vfCount === 'module-option') {
    return refusal(
      desired,
      'DRIVER_WITHOUT_SRIOV',
      `Cannot set ${desired.numVfs} VFs on PF ${desired.pf}: ${pf.driver === null ? 'it has no driver' : `driver ${pf.driver} takes the number by a module option only`}`,
      { driver: pf.driver },
    );
  }
  const most = maxVfsOf(pf);
  if (desired.numVfs > most) {
    return refusal(
      desired,
      'NUM_VFS_INVALID',
      `Cannot set ${desired.numVfs} VFs on PF ${desired.pf}: ${pf.productName} with driver ${pf.driver} has at most ${most}`,
      { numVfs: desired.numVfs, most },
    );
  }
  return null;
}

/**
 * Plans the number of VFs, the eswitch mode, and the PF being up, in the order that the driver demands. A change of
 * mode makes the VFs anew too: what they were told in one mode could not be taken back in the other (K13).
 */
export function planVfCount(input: PfPlanInput, steps: Step[], refusals: Refusal[]): VfCountPlan {
  const { desired, pf, capability, context, mode, reload } = input;
  if (reload?.kind === 'reloaded') {
    for (const vf of pf.vfs) releaseIfLost(input, vf.vfIndex, vf.attachmentId, steps);
    return { numVfs: desired.numVfs, mode: pf.eswitchMode, recreated: true, refusedBy: null };
  }
  const refused = reload === null ? refuseCount(input) : null;
  if (refused !== null) refusals.push(refused);
  const target = refused === null && reload === null ? desired.numVfs : pf.numVfs;
  const countChanges = target !== pf.numVfs;
  const modeChanges = mode !== pf.eswitchMode;
  const needsUp = desired.adminUp || (countChanges && target > 0 && capability.vfCountNeedsPfUp);
  if (needsUp && !pf.adminUp) steps.push({ kind: 'set-pf-up', pf: desired.pf });
  if (!countChanges && !modeChanges)
    return {
      numVfs: target,
      mode,
      recreated: false,
      refusedBy: refused?.code ?? reload?.refusedBy ?? null,
    };

  const blockers = removalBlockers(desired.vfs, pf, context);
  if (blockers.length > 0) {
    const action = countChanges ? `set ${target} VFs` : `set eswitch mode ${mode}`;
    const message = `Cannot ${action} on PF ${desired.pf}: in use are ${blockers.join('; ')}`;
    refusals.push(refusal(desired, 'VFS_IN_USE', message, { blockers }));
    return { numVfs: pf.numVfs, mode: pf.eswitchMode, recreated: false, refusedBy: 'VFS_IN_USE' };
  }
  if (pf.numVfs > 0) {
    steps.push({ kind: 'set-num-vfs', pf: desired.pf, from: pf.numVfs, numVfs: 0 });
    for (const vf of pf.vfs) releaseIfLost(input, vf.vfIndex, vf.attachmentId, steps);
  }
  for (const step of creationSteps(input, target)) steps.push(step);
  return { numVfs: target, mode, recreated: true, refusedBy: refused?.code ?? null };
}

/** From no VFs to `target` of them in the wanted mode. */
function* creationSteps(input: PfPlanInput, target: number): Iterable<Step> {
  const { desired, pf, capability, mode } = input;
  const createIn = capability.switchdev?.createVfsInLegacy === true && target > 0 ? 'legacy' : mode;
  if (createIn !== null && createIn !== pf.eswitchMode)
    yield { kind: 'set-eswitch-mode', pf: desired.pf, mode: createIn };
  if (target > 0) {
    // Off before enabling: new VFs come without a driver, hence closed, until somebody owns them.
    if (pf.driversAutoprobe) yield { kind: 'set-drivers-autoprobe', pf: desired.pf, enabled: false };
    yield { kind: 'set-num-vfs', pf: desired.pf, from: 0, numVfs: target };
  }
  if (mode !== null && createIn !== mode) yield { kind: 'set-eswitch-mode', pf: desired.pf, mode };
}

/** Takes the attachment of a removed VF out of the journal, unless the same one is wanted there again. */
function releaseIfLost(
  input: PfPlanInput,
  vfIndex: number,
  attachmentId: NonNullable<PhysicalFunction['vfs'][number]['attachmentId']> | null,
  steps: Step[],
): void {
  if (attachmentId === null) return;
  const again = input.desired.vfs.some(
    (vf) => vf.vfIndex === vfIndex && vf.kind !== 'unmanaged' && vf.attachmentId === attachmentId,
  );
  if (!again) steps.push({ kind: 'release-vf', pf: input.desired.pf, vfIndex, attachmentId });
}
