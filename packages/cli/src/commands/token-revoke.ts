import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addControllerOptions, controllerArguments, type ControllerOptions } from './controller-options.ts';

export function addTokenRevoke(parent: Command, context: CommandContext): void {
  addControllerOptions(parent.command('revoke <name>'))
    .description('End a token: running controllers refuse it within 5 seconds')
    .addHelpText('after', '\nExample:\n  virtfn token revoke terraform')
    .action(async (name: string, options: ControllerOptions) =>
      context.exitWith(
        await context.runController(['revoke-token', ...controllerArguments(options), '--', name]),
      ),
    );
}
