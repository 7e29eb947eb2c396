import type { HostConfigEdit, HostProgramEvent, PlanDocument } from '@virtfn/contract';
import type { CommandContext } from '../command-context.ts';
import { formatLineDiff, formatPlan, paint } from '../output/index.ts';
import type { ChangeOptions } from './config-options.ts';
import { changeThisHost } from './this-host.ts';

/** Every command that changes this machine speaks and ends like this. */
export const CHANGE_EXIT_STATUS =
  '\nExit status: 0 done, 1 nothing could be done, 3 some of it could not be done.\n';

interface ToldStep {
  readonly text: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A change that was made, or for a dry run planned. */
interface Change {
  readonly steps: readonly ToldStep[];
  readonly left: PlanDocument;
  /** The configuration file that goes with it; null: none. */
  readonly config: Extract<HostProgramEvent, { readonly event: 'plan' }>['config'];
}

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
  const steps: ToldStep[] = [];
  const { plan: left, config } = await changeThisHost(
    options.dryRun === true ? 'plan' : 'apply',
    { ...options, edits },
    context,
    (step) => {
      steps.push({ text: step.text, error: step.error });
      if (options.json !== true) tellStep(step, context);
    },
  );
  tellEnd({ steps, left, config }, options, context);
}

/** Tells of a change whose steps are known all at once. */
export function tellChange(change: Change, options: ChangeOptions, context: CommandContext): void {
  if (options.json !== true) for (const step of change.steps) tellStep(step, context);
  tellEnd(change, options, context);
}

function tellStep({ text, error }: ToldStep, { terminal }: CommandContext): void {
  if (error === null) terminal.out(`${paint(terminal, 'green', 'done')}    ${text}`);
  else terminal.out(`${paint(terminal, 'red', 'failed')}  ${error.message} (${error.code})`);
}

function tellEnd({ steps, left, config }: Change, options: ChangeOptions, context: CommandContext): void {
  const { terminal } = context;
  const isDryRun = options.dryRun === true;
  const isLeft = left.steps.length + left.refusals.length > 0;
  if (options.json === true) terminal.out(JSON.stringify({ steps, plan: left, config }, null, 2));
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
