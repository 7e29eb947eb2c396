import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addControllerOptions, controllerArguments, type ControllerOptions } from './controller-options.ts';

export function addControllerBackup(parent: Command, context: CommandContext): void {
  addControllerOptions(parent.command('backup <file>'))
    .description(
      'Copy the database to a file, while the controller goes on; for PostgreSQL, tell the command that does',
    )
    .addHelpText('after', '\nExample:\n  virtfn controller backup /var/backups/virtfn.db')
    .action(async (file: string, options: ControllerOptions) =>
      context.exitWith(await context.runController(['backup', ...controllerArguments(options), '--', file])),
    );
}
