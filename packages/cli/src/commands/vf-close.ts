import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addChangeOptions, type ChangeOptions } from './config-options.ts';
import { CHANGE_EXIT_STATUS, makeChange } from './make-change.ts';
import { addVfArguments } from './vf-arguments.ts';

export function addVfClose(parent: Command, context: CommandContext): void {
  addChangeOptions(addVfArguments(parent.command('close')))
    .description(
      'Take a VF out of host.yaml: nothing passes it any more, and nothing of its settings is left',
    )
    .addHelpText('after', `${CHANGE_EXIT_STATUS}\nExample:\n  virtfn vf close ens1f0 3`)
    .action((pf: string, vfIndex: number, options: ChangeOptions) =>
      makeChange(options, [{ kind: 'close-vf', pf, vfIndex }], context),
    );
}
