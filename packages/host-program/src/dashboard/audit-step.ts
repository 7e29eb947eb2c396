import type { DomainStepRecord, StepRecord } from '@virtfn/agent';
import type { AuditStep } from '@virtfn/contract';
import { describeDomainStep, describeStep, isVfStep, type SriovError } from '@virtfn/model';

/** Why a step was done: the agent by itself, or a person who asked it on the host. */
export type StepCause = 'reconcile' | 'request';

/** What an entry of the log has beside its number, its time and its host. */
export type StepWords = Omit<AuditStep, 'id' | 'at' | 'hostId'>;

const ofAgent = { actor: { kind: 'agent' }, object: null, portId: null } as const;

/** A change to the host as the log has it. */
export function wordsOfStep({ step, attachmentId, error }: StepRecord, cause: StepCause): StepWords {
  return {
    ...ofAgent,
    cause,
    action: step.kind,
    text: describeStep(step),
    pf: step.pf,
    vfIndex: isVfStep(step) ? step.vfIndex : null,
    attachmentId,
    error: wordsOfError(error),
  };
}

/** A change to a virtual machine as the log has it. */
export function wordsOfDomainStep({ step, isPending, error }: DomainStepRecord, cause: StepCause): StepWords {
  const text = describeDomainStep(step);
  return {
    ...ofAgent,
    cause,
    action: step.kind,
    text: isPending ? `ask the guest, to ${text}` : text,
    pf: null,
    vfIndex: null,
    attachmentId: step.attachmentId,
    error: wordsOfError(error),
  };
}

function wordsOfError(error: SriovError | null): AuditStep['error'] {
  return error === null ? null : { code: error.code, message: error.message };
}
