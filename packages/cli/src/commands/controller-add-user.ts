import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addControllerOptions, controllerArguments, type ControllerOptions } from './controller-options.ts';
import { addGrantOptions, grantArguments, type GrantOptions } from './grant-options.ts';

export function addControllerAddUser(parent: Command, context: CommandContext): void {
  addGrantOptions(addControllerOptions(parent.command('add-user <name>')))
    .description(
      'Write a user to the users file of auth.kind http_basic; the password is asked for, or comes by a pipe',
    )
    .addHelpText('after', '\nExample:\n  virtfn controller add-user ada --role admin')
    .action(async (name: string, options: ControllerOptions & GrantOptions) => {
      const args = ['add-user', ...controllerArguments(options), ...grantArguments(options), '--', name];
      context.exitWith(await context.runController(args));
    });
}
