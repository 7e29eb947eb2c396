import { findLab, syncCode } from '../lab.ts';
import type { Command } from './command.ts';

export const sync: Command = async (_args, options) => {
  const lab = findLab(options.lab);
  const started = performance.now();
  await syncCode(lab, options.signal);
  await lab.disconnect();
  process.stdout.write(`Code synced in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return 0;
};
