import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addChangeOptions, type ChangeOptions } from './config-options.ts';
import { CHANGE_EXIT_STATUS, makeChange } from './make-change.ts';
import { addVfArguments } from './vf-arguments.ts';

export function addVfDriver(parent: Command, context: CommandContext): void {
  addChangeOptions(addVfArguments(parent.command('driver')))
    .description('Give a VF another driver, now and for every boot; its neighbours keep theirs')
    .addArgument(
      new Argument('<driver>', 'kernel: the card’s own VF driver; vfio-pci: for a guest').choices([
        'kernel',
        'vfio-pci',
      ]),
    )
    .addHelpText('after', `${CHANGE_EXIT_STATUS}\nExample:\n  virtfn vf driver ens1f0 3 vfio-pci`)
    .action((pf: string, vfIndex: number, driver: 'kernel' | 'vfio-pci', options: ChangeOptions) =>
      makeChange(options, [{ kind: 'set-vf', pf, vfIndex, changes: { driver } }], context),
    );
}
