import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addControllerOptions, controllerArguments, type ControllerOptions } from './controller-options.ts';

export function addControllerRestore(parent: Command, context: CommandContext): void {
  addControllerOptions(parent.command('restore <file>'))
    .description(
      'Put a copy in the place of the database, while no controller runs; what was there is kept beside it',
    )
    .addHelpText('after', '\nExample:\n  virtfn controller restore /var/backups/virtfn.db')
    .action(async (file: string, options: ControllerOptions) =>
      context.exitWith(await context.runController(['restore', ...controllerArguments(options), '--', file])),
    );
}
