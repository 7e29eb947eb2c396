import type { Check } from './check.ts';
import { runProgram } from './run-program.ts';

/** The compiler, on all that runs in Node. */
export const typeCheck: Check = checkOf('types', '.');

/** The same on what runs in a browser, which has other globals. */
export const webTypeCheck: Check = checkOf('web types', 'packages/web');

function checkOf(name: string, project: string): Check {
  return {
    name,
    run: (root) =>
      runProgram(root, {
        script: 'tsc',
        args: ['--project', project, '--noEmit', '--pretty', 'false', '--extendedDiagnostics'],
        looked: (output) =>
          /^Lines: +\d+$/m.exec(output)?.[0].replace(/Lines: +(\d+)/, '$1 lines with libraries') ?? null,
        fix: 'see below',
      }),
  };
}
