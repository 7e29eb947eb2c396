import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addControllerOptions, controllerArguments, type ControllerOptions } from './controller-options.ts';

interface Options extends ControllerOptions {
  readonly json?: boolean;
}

export function addTokenList(parent: Command, context: CommandContext): void {
  addControllerOptions(parent.command('list'))
    .description('Tokens with their roles and their last use; not the tokens themselves, which nobody knows')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  virtfn token list')
    .action(async (options: Options) => {
      const json = options.json === true ? ['--json'] : [];
      context.exitWith(
        await context.runController(['list-tokens', ...controllerArguments(options), ...json]),
      );
    });
}
