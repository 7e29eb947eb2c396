import type { HostConfigEdit } from '@virtfn/contract';
import type { CommandContext } from '../command-context.ts';
import { formatLineDiff, formatPlan, paint } from '../output/index.ts';
import type { ChangeOptions } from './config-options.ts';
import { changeThisHost } from './this-host.ts';

/** Every command that changes this machine speaks and ends like this. */
export const CHANGE_EXIT_STATUS =
  '\nExit status: 0 done, 1 nothing could be done, 3 some of it could not be done.\n';

/**
 * Brings this machine to its host.yaml, with changes of that file where a command asks for some, and tells of it: the
 * plan for a dry run, else each step as it is done and what is left.
 *
 * @throws {SriovError}
 */
export async function makeChange(
  options: ChangeOptions,
  edits: readonly HostConfigEdit[],
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const isDryRun = options.dryRun === true;
  const isJson = options.json === true;
  const steps: { text: string; error: { code: string; message: string } | null }[] = [];
  const { plan: left, config } = await changeThisHost(
    isDryRun ? 'plan' : 'apply',
    { ...options, edits },
    context,
    ({ text, error }) => {
      steps.push({ text, error });
      if (isJson) return;
      if (error === null) terminal.out(`${paint(terminal, 'green', 'done')}    ${text}`);
      else terminal.out(`${paint(terminal, 'red', 'failed')}  ${error.message} (${error.code})`);
    },
  );
  const isLeft = left.steps.length + left.refusals.length > 0;
  if (isJson) terminal.out(JSON.stringify({ steps, plan: left, config }, null, 2));
  else {
    if (config !== null && config.before !== config.after) {
      terminal.out(`${isDryRun ? 'Would write' : 'Wrote'} ${config.file}`);
      if (isDryRun) terminal.out(formatLineDiff(config.before ?? '', config.after, terminal));
    }
    if (isDryRun || isLeft) terminal.out(formatPlan(left, terminal));
    else if (steps.length === 0) terminal.out('Nothing to do: the host is as it shall be.');
  }
  const hasFailed = left.refusals.length > 0 || (!isDryRun && left.steps.length > 0);
  if (hasFailed) context.exitWith(steps.some((step) => step.error === null) ? 3 : 1);
}
