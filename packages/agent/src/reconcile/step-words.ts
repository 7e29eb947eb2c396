import { type AttachmentId, describeStep, type ErrorCode, isVfStep, type PciAddress } from '@virtfn/model';
import type { StepRecord } from './reconciler.ts';

/** Why a step was done: the agent by itself, or a person who asked it on the host. */
export type StepCause = 'reconcile' | 'request';

/** A change of the host as logs have it, beside its time. */
export interface StepWords {
  readonly cause: StepCause;
  readonly action: string;
  readonly text: string;
  readonly pf: PciAddress;
  readonly vfIndex: number | null;
  readonly attachmentId: AttachmentId | null;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

export function stepWords({ step, attachmentId, error }: StepRecord, cause: StepCause): StepWords {
  return {
    cause,
    action: step.kind,
    text: describeStep(step),
    pf: step.pf,
    vfIndex: isVfStep(step) ? step.vfIndex : null,
    attachmentId,
    error: error && { code: error.code, message: error.message },
  };
}
