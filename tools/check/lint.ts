import type { Check } from './check.ts';
import { runProgram } from './run-program.ts';

export const lint: Check = {
  name: 'lint',
  run: (root) =>
    runProgram(root, {
      script: 'oxlint',
      args: ['--type-aware', '--deny-warnings', '--disable-nested-config'],
      looked: (output) => /(?<= on )[1-9]\d* files? with \d+ rules/.exec(output)?.[0] ?? null,
      fix: 'see below; a rule that is wrong for this project is switched off in .oxlintrc.json, with its reason',
    }),
};
