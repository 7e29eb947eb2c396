import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addChangeOptions, type ChangeOptions } from './config-options.ts';
import { CHANGE_EXIT_STATUS, makeChange } from './make-change.ts';

export function addApply(parent: Command, context: CommandContext): void {
  addChangeOptions(parent.command('apply'))
    .description('Bring this machine to what its host.yaml says')
    .addHelpText(
      'after',
      `${CHANGE_EXIT_STATUS}\nExample:\n  virtfn apply --dry-run\n  virtfn apply --evict "attachment a1"`,
    )
    .action((options: ChangeOptions) => makeChange(options, [], context));
}
