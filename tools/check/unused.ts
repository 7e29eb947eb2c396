import type { Check } from './check.ts';
import { runProgram } from './run-program.ts';

/** Files, exports and dependencies that nothing uses, and used ones that no package.json names. */
export const unused: Check = {
  name: 'unused',
  run: (root) =>
    runProgram(root, {
      script: 'knip',
      args: ['--no-progress', '--no-config-hints'],
      looked: () => 'files, exports, dependencies',
      fix: 'remove it, or use it',
    }),
};
