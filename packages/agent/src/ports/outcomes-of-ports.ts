import type { AttachmentRef, DesiredPort, PortOutcome } from '@virtfn/contract/agent-link';
import {
  type AttachmentId,
  findPf,
  isAboutFdb,
  isVfStep,
  type ObservedHost,
  type PciAddress,
  type Plan,
  type Refusal,
  type SriovError,
} from '@virtfn/model';
import type { FleetWish } from './fleet-wish.ts';

/** A host after it was brought to what is wanted of it, as far as that went. */
interface Result {
  readonly observed: ObservedHost;
  readonly plan: Plan;
  readonly failed: ReadonlyMap<AttachmentId, SriovError>;
}

/**
 * What became of each port of the controller, from what was read back. A port of which nothing can be said yet is left
 * out: it is being worked on.
 */
export function outcomesOfPorts(wish: FleetWish, result: Result): readonly PortOutcome[] {
  if (wish.kind !== 'known') return [];
  const outcomes = [
    ...wish.kept.ports.map((port) => outcomeOfPort(port, result)),
    ...wish.kept.removed.map((removed) => outcomeOfRemoval(removed, result)),
  ];
  return outcomes.filter((outcome) => outcome !== null);
}

function outcomeOfPort(port: DesiredPort, { observed, plan, failed }: Result): PortOutcome | null {
  const { portId, attachmentId, pf, vfIndex } = port;
  const error = failed.get(attachmentId);
  if (error !== undefined) return failure(port, error);
  if (vfIndex === null) return { kind: 'configured', portId, attachmentId, settings: null };
  const vf = findPf(observed, pf)?.vfs.find((each) => each.vfIndex === vfIndex);
  const refusal = refusalAt(plan, pf, vfIndex) ?? (vf === undefined ? refusalAt(plan, pf, null) : undefined);
  if (refusal !== undefined) return failure(port, refusal);
  // What is left to do on the VF is what makes it differ from what the port asks for: the plan compares them.
  const isDone = !plan.steps.some((step) => step.pf === pf && isVfStep(step) && step.vfIndex === vfIndex);
  if (vf === undefined || vf.attachmentId !== attachmentId || vf.settings === null || !isDone) return null;
  return { kind: 'configured', portId, attachmentId, settings: vf.settings };
}

/** Released: the journal, which lets go of a VF only once it is closed, does not know the attachment. */
function outcomeOfRemoval(removed: AttachmentRef, { observed, plan }: Result): PortOutcome | null {
  const { portId, attachmentId } = removed;
  if (observed.orphans.some((orphan) => orphan.attachmentId === attachmentId)) return null;
  for (const pf of observed.pfs) {
    const vf = pf.vfs.find((each) => each.attachmentId === attachmentId);
    if (vf === undefined) continue;
    const refusal = refusalAt(plan, pf.pciAddress, vf.vfIndex);
    return refusal === undefined ? null : failure(removed, refusal);
  }
  return { kind: 'released', portId, attachmentId };
}

function refusalAt(plan: Plan, pf: PciAddress, vfIndex: number | null): Refusal | undefined {
  return plan.refusals.find(
    (refusal) => refusal.pf === pf && refusal.vfIndex === vfIndex && !isAboutFdb(refusal),
  );
}

function failure(
  { portId, attachmentId }: AttachmentRef,
  { code, message, hint }: Pick<SriovError, 'code' | 'message' | 'hint'>,
): PortOutcome {
  return { kind: 'failed', portId, attachmentId, code, message, hint };
}
