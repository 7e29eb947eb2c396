import { type DomainStepRecord, type StepCause, type StepRecord, stepWords } from '@virtfn/agent';
import type { AuditStep } from '@virtfn/contract';
import { describeDomainStep } from '@virtfn/model';

/** What an entry of the log has beside its number, its time and its host. */
export type EntryWords = Omit<AuditStep, 'id' | 'at' | 'hostId'>;

const ofAgent = { actor: { kind: 'agent' }, object: null, portId: null } as const;

/** A change to the host as the log has it. */
export const wordsOfStep = (record: StepRecord, cause: StepCause): EntryWords => ({
  ...ofAgent,
  ...stepWords(record, cause),
});

/** A change to a virtual machine as the log has it. */
export function wordsOfDomainStep(
  { step, isPending, error }: DomainStepRecord,
  cause: StepCause,
): EntryWords {
  const text = describeDomainStep(step);
  return {
    ...ofAgent,
    cause,
    action: step.kind,
    text: isPending ? `ask the guest, to ${text}` : text,
    pf: null,
    vfIndex: null,
    attachmentId: step.attachmentId,
    error: error && { code: error.code, message: error.message },
  };
}
