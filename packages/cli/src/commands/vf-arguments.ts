import { SriovError } from '@virtfn/model';
import type { Command } from 'commander';

/** @throws {SriovError} VF_INDEX_INVALID */
function parseVfIndex(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new SriovError('VF_INDEX_INVALID', `Cannot find VF "${text.slice(0, 32)}": VFs have whole numbers`);
}

/** The arguments by which commands name one VF. */
export function addVfArguments(command: Command): Command {
  return command
    .argument('<pf>', 'name of its interface, or PCI address')
    .argument('<vf>', 'number of the VF under its PF, from 0', parseVfIndex);
}
