import type { DesiredPf } from '../desired/index.ts';
import { maxVfsOf } from '../drivers/index.ts';
import type { ErrorCode } from '../errors/index.ts';
import { type EswitchMode, type PhysicalFunction, vfOwners } from '../inventory/index.ts';
import { type Refusal, refusal } from './plan.ts';
import type { PfPlanInput } from './plan-input.ts';
import type { Step } from './step.ts';

/** How many VFs the PF will have, and whether they will be new ones. */
export interface VfCountPlan {
  readonly numVfs: number;
  readonly recreated: boolean;
  /** The VFs stay, but their drivers are taken off for a change of mode. */
  readonly unbound: boolean;
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
 * Who stands in the way of removing all VFs of the PF. A process that holds a VF through VFIO always does,
 * evicted or not: the kernel would wait for it while holding the locks of the PCI bus (K4).
 */
function removalBlockers(input: PfPlanInput): readonly string[] {
  const { desired, pf, context } = input;
  const unmanaged = new Set(desired.vfs.filter((vf) => vf.kind === 'unmanaged').map((vf) => vf.vfIndex));
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

/** Plans the number of VFs, the eswitch mode, and the PF being up, in the order that the driver demands. */
export function planVfCount(input: PfPlanInput, steps: Step[], refusals: Refusal[]): VfCountPlan {
  const { desired, pf, capability, mode } = input;
  const modeChanges = mode !== pf.eswitchMode;
  const modeNeedsZero = modeChanges && capability.switchdev?.changeNeedsZeroVfs === true;
  const modeNeedsUnbound = modeChanges && capability.switchdev?.changeNeedsUnboundVfs === true;
  const refused = refuseCount(input);
  if (refused !== null) refusals.push(refused);
  const target = refused === null ? desired.numVfs : pf.numVfs;
  const countChanges = target !== pf.numVfs;
  const removes = pf.numVfs > 0 && (countChanges || modeNeedsZero);
  const disturbs = removes || (modeNeedsUnbound && pf.vfs.some((vf) => vf.driver !== null));
  const needsUp = desired.adminUp || (countChanges && target > 0 && capability.vfCountNeedsPfUp);

  if (needsUp && !pf.adminUp) steps.push({ kind: 'set-pf-up', pf: desired.pf });
  if (disturbs) {
    const blockers = removalBlockers(input);
    if (blockers.length > 0) {
      refusals.push(
        refusal(
          desired,
          'VFS_IN_USE',
          `Cannot ${countChanges ? `set ${target} VFs` : `set eswitch mode ${mode}`} on PF ${desired.pf}: in use are ${blockers.join('; ')}`,
          { blockers },
        ),
      );
      return { numVfs: pf.numVfs, recreated: false, unbound: false, refusedBy: 'VFS_IN_USE' };
    }
  }

  const setMode = (): void => {
    if (modeChanges && mode !== null) steps.push({ kind: 'set-eswitch-mode', pf: desired.pf, mode });
  };
  if (removes) {
    steps.push({ kind: 'set-num-vfs', pf: desired.pf, from: pf.numVfs, numVfs: 0 });
    for (const vf of pf.vfs) releaseIfLost(input, vf.vfIndex, vf.attachmentId, steps);
  }
  if (modeNeedsZero) setMode();
  const recreated = removes || countChanges;
  if (recreated && target > 0) {
    // Off before enabling: new VFs come without a driver, hence closed, until somebody owns them.
    if (pf.driversAutoprobe) steps.push({ kind: 'set-drivers-autoprobe', pf: desired.pf, enabled: false });
    steps.push({ kind: 'set-num-vfs', pf: desired.pf, from: 0, numVfs: target });
  }
  if (!modeNeedsZero) {
    if (modeNeedsUnbound && !recreated) {
      for (const vf of pf.vfs) {
        if (vf.driver !== null)
          steps.push({ kind: 'set-vf-driver', pf: desired.pf, vfIndex: vf.vfIndex, driver: 'none' });
      }
    }
    setMode();
  }
  return {
    numVfs: target,
    recreated,
    unbound: modeNeedsUnbound && !recreated,
    refusedBy: refused?.code ?? null,
  };
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
