import type { Check } from './check.ts';
import { runProgram } from './run-program.ts';

export const tests: Check = {
  name: 'tests',
  run: (root) =>
    runProgram(root, {
      script: 'tools/test.ts',
      args: [],
      looked: (output) => /(?<=^ℹ pass )[1-9]\d*$/m.exec(output)?.[0].concat(' passed') ?? null,
      fix: 'see below, or run npm test',
    }),
};
