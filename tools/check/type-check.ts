import type { Check } from './check.ts';
import { runProgram } from './run-program.ts';

/** The compiler, on everything at once. */
export const typeCheck: Check = {
  name: 'types',
  run: (root) =>
    runProgram(root, {
      script: 'tsc',
      args: ['--noEmit', '--pretty', 'false', '--extendedDiagnostics'],
      looked: (output) =>
        /^Lines: +\d+$/m.exec(output)?.[0].replace(/Lines: +(\d+)/, '$1 lines with libraries') ?? null,
      fix: 'see below',
    }),
};
