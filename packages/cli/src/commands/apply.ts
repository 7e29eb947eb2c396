import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatPlan, paint } from '../output/index.ts';
import { addConfigOptions, type ConfigOptions } from './config-options.ts';
import { changeThisHost } from './this-host.ts';

interface ApplyOptions extends ConfigOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addApply(parent: Command, context: CommandContext): void {
  addConfigOptions(parent.command('apply'))
    .description('Bring this machine to what its host.yaml says')
    .option('--dry-run', 'show the plan and change nothing')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 nothing could be done, 3 some of it could not be done.\n\nExample:\n  virtfn apply --dry-run\n  virtfn apply --evict "attachment a1"',
    )
    .action(async (options: ApplyOptions) => {
      const { terminal } = context;
      const steps: {
        readonly text: string;
        readonly error: { readonly code: string; readonly message: string } | null;
      }[] = [];
      const left = await changeThisHost(
        options.dryRun === true ? 'plan' : 'apply',
        options,
        context,
        ({ text, error }) => {
          steps.push({ text, error });
          if (options.json === true) return;
          if (error === null) terminal.out(`${paint(terminal, 'green', 'done')}    ${text}`);
          else terminal.out(`${paint(terminal, 'red', 'failed')}  ${error.message} (${error.code})`);
        },
      );
      if (options.json === true) terminal.out(JSON.stringify({ steps, plan: left }, null, 2));
      else if (options.dryRun === true || left.steps.length + left.refusals.length > 0)
        terminal.out(formatPlan(left, terminal));
      else if (steps.length === 0) terminal.out('Nothing to do: the host is as it shall be.');
      const hasFailed = left.refusals.length > 0 || (options.dryRun !== true && left.steps.length > 0);
      if (hasFailed) context.exitWith(steps.some((step) => step.error === null) ? 3 : 1);
    });
}
