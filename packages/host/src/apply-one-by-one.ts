import { toSriovError } from '@virtfn/model';
import type { Host, SettingOutcome, SettingStep } from './host.ts';

/** `Host.applySettings` by `Host.apply`: for hosts to which a look costs nothing. */
export async function applyOneByOne(
  host: Pick<Host, 'apply'>,
  steps: readonly SettingStep[],
): Promise<readonly SettingOutcome[]> {
  const outcomes: SettingOutcome[] = [];
  const failed = new Set<number>();
  let isLost = false;
  for (const step of steps) {
    if (isLost || failed.has(step.vfIndex)) {
      outcomes.push({ kind: 'skipped' });
      continue;
    }
    try {
      await host.apply(step);
      outcomes.push({ kind: 'done' });
    } catch (thrown) {
      const error = toSriovError(thrown);
      outcomes.push({ kind: 'failed', error });
      failed.add(step.vfIndex);
      isLost = error.code === 'STEP_TIMEOUT';
    }
  }
  return outcomes;
}
