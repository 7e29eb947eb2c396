import type { Labels } from '@virtfn/contract/metrics';
import type { DomainStep, SriovError, Step } from '@virtfn/model';

type StepKind = Step['kind'] | DomainStep['kind'];
/** `asked`: of a guest, which has not let go yet. */
type Result = 'done' | 'failed' | 'asked';

/** Every kind of step, so that a new one is not forgotten here. */
const STEP_KINDS: Readonly<Record<StepKind, true>> = {
  'set-drivers-autoprobe': true,
  'set-num-vfs': true,
  'reload-driver': true,
  'set-eswitch-mode': true,
  'set-pf-up': true,
  'set-pf-mtu': true,
  'add-fdb-entry': true,
  'remove-fdb-entry': true,
  'set-vf': true,
  'set-vf-driver': true,
  'set-vf-mtu': true,
  'claim-vf': true,
  'release-vf': true,
  'claim-fdb-entry': true,
  'release-fdb-entry': true,
  'attach-interface': true,
  'detach-interface': true,
};

/** The series of all kinds of steps: one that begins with the first failure would show no increase. */
export const STEP_SERIES: readonly Labels<'kind' | 'result'>[] = Object.keys(STEP_KINDS).flatMap((kind) =>
  ['done', 'failed'].map((result) => ({ kind, result })),
);

export function stepSeries(
  kind: StepKind,
  error: SriovError | null,
  isPending = false,
): Labels<'kind' | 'result'> {
  const result: Result = error !== null ? 'failed' : isPending ? 'asked' : 'done';
  return { kind, result };
}
