import type { Check } from './check.ts';
import { runProgram } from './run-program.ts';

export const format: Check = {
  name: 'format',
  run: (root) =>
    runProgram(root, {
      script: 'biome',
      args: ['format', '.'],
      looked: (output) => /(?<=Checked )[1-9]\d* files?/.exec(output)?.[0] ?? null,
      fix: 'run npm run format',
    }),
};
