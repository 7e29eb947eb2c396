import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addControllerOptions, controllerArguments, type ControllerOptions } from './controller-options.ts';
import { addGrantOptions, grantArguments, type GrantOptions } from './grant-options.ts';

interface Options extends ControllerOptions, GrantOptions {
  readonly expiresInDays: string;
}

export function addTokenCreate(parent: Command, context: CommandContext): void {
  addGrantOptions(addControllerOptions(parent.command('create <name>')))
    .description('Make a token and print it, this once; on the machine of the controller, as its user')
    .option('--expires-in-days <days>', 'a number, or never', '365')
    .addHelpText('after', '\nExample:\n  virtfn token create terraform --role member --project p1')
    .action(async (name: string, options: Options) => {
      const given = [...controllerArguments(options), ...grantArguments(options)];
      const expiry = `--expires-in-days=${options.expiresInDays}`;
      context.exitWith(await context.runController(['create-token', ...given, expiry, '--', name]));
    });
}
