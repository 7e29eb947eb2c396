import {
  type AttachmentId,
  findPf,
  isAboutFdb,
  isVfStep,
  type ObservedHost,
  type PciAddress,
  type Plan,
  type Refusal,
  type VfSettings,
} from '@virtfn/model';

/** How far the VF of an attachment is, from what was read back. */
export type VfState =
  /** It is as it shall be. */
  | { readonly kind: 'set-up'; readonly settings: VfSettings }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** It is being worked on. */
  | { readonly kind: 'pending' };

interface Place {
  readonly attachmentId: AttachmentId;
  readonly pf: PciAddress;
  readonly vfIndex: number;
}

export function vfStateOf(
  { attachmentId, pf, vfIndex }: Place,
  { observed, plan }: { readonly observed: ObservedHost; readonly plan: Plan },
): VfState {
  const vf = findPf(observed, pf)?.vfs.find((each) => each.vfIndex === vfIndex);
  const refusal = refusalAt(plan, pf, vfIndex) ?? (vf === undefined ? refusalAt(plan, pf, null) : undefined);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  // What is left to do on the VF is what makes it differ from what the port asks for: the plan compares them.
  const isDone = !plan.steps.some((step) => step.pf === pf && isVfStep(step) && step.vfIndex === vfIndex);
  if (vf === undefined || vf.attachmentId !== attachmentId || vf.settings === null || !isDone)
    return { kind: 'pending' };
  return { kind: 'set-up', settings: vf.settings };
}

export function refusalAt(plan: Plan, pf: PciAddress, vfIndex: number | null): Refusal | undefined {
  return plan.refusals.find(
    (refusal) => refusal.pf === pf && refusal.vfIndex === vfIndex && !isAboutFdb(refusal),
  );
}
