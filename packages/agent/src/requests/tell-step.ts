import { describeDomainStep, describeStep, type SriovError } from '@virtfn/model';
import type { DomainStepRecord } from '../domains/index.ts';
import type { StepRecord } from '../reconcile/index.ts';
import type { RequestContext } from './request-context.ts';

/** Tells the asker, and whoever keeps a log, of each step on the host. */
export function tellStep(context: RequestContext): (record: StepRecord) => void {
  return (record) => {
    context.onStep(record);
    tell(context, describeStep(record.step), record.error);
  };
}

/** The same for steps on virtual machines. */
export function tellDomainStep(context: RequestContext): (record: DomainStepRecord) => void {
  return (record) => {
    context.onDomainStep(record);
    const pending = record.isPending ? ': the guest was asked' : '';
    tell(context, `${describeDomainStep(record.step)}${pending}`, record.error);
  };
}

function tell({ emit }: RequestContext, text: string, error: SriovError | null): void {
  const summary = error === null ? null : { code: error.code, message: error.message };
  emit({ event: 'step', text, error: summary });
}
