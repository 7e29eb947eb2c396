import { SriovError } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addChangeOptions, type ChangeOptions } from './config-options.ts';
import { CHANGE_EXIT_STATUS, makeChange } from './make-change.ts';

/** @throws {SriovError} NUM_VFS_INVALID */
function parseNumVfs(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new SriovError('NUM_VFS_INVALID', `Cannot set "${text.slice(0, 32)}" VFs: it is not a whole number`);
}

export function addPfSetVfs(parent: Command, context: CommandContext): void {
  addChangeOptions(parent.command('set-vfs'))
    .description('Set the number of VFs of a PF, now and for every boot: it is written to host.yaml')
    .argument('<pf>', 'name of its interface, or PCI address')
    .argument('<n>', 'number of VFs', parseNumVfs)
    .addHelpText(
      'after',
      `${CHANGE_EXIT_STATUS}\nExample:\n  virtfn pf set-vfs ens1f0 7 --dry-run\n  virtfn pf set-vfs 0000:82:00.0 7`,
    )
    .action((pf: string, numVfs: number, options: ChangeOptions) =>
      makeChange(options, [{ kind: 'set-num-vfs', pf, numVfs }], context),
    );
}
