import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addControllerOptions, controllerArguments, type ControllerOptions } from './controller-options.ts';

export function addControllerRun(parent: Command, context: CommandContext): void {
  addControllerOptions(parent.command('run'))
    .description('Run a controller until it is stopped; systemd starts it by this')
    .addHelpText('after', '\nExample:\n  virtfn controller run --set listen=127.0.0.1:9696')
    .option(
      '--new-authority',
      'where fleet-authority.pem was lost: begin with another one; every host enrols anew',
    )
    .action(async (options: ControllerOptions & { readonly newAuthority?: true }) => {
      const more = options.newAuthority === true ? ['--new-authority'] : [];
      context.exitWith(await context.runController(['run', ...more, ...controllerArguments(options)]));
    });
}
