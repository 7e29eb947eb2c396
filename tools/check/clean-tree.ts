import { execFileSync } from 'node:child_process';
import type { Check, Problem } from './check.ts';

/**
 * Remembers the state of the checkout, and later finds what the other checks have changed in it:
 * tests that leave files behind, or generated files that were not committed.
 */
export function cleanTreeSince(root: string): Check {
  const before = new Set(status(root));
  return {
    name: 'clean tree',
    run: () => {
      const after = status(root);
      const problems = after.filter((line) => !before.has(line)).map(describe);
      const gone = [...before].filter((line) => !after.includes(line)).map(describe);
      return {
        looked: `${after.length} uncommitted, ${before.size} before`,
        problems: [...problems, ...gone],
      };
    },
  };
}

function describe(line: string): Problem {
  const what = `changed while the checks ran (git status ${line.slice(0, 2).trim()})`;
  return {
    path: line.slice(3),
    line: null,
    what,
    fix: 'let tests write to a temporary folder; commit what is generated',
  };
}

function status(root: string): readonly string[] {
  const output = execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], {
    cwd: root,
    encoding: 'utf8',
  });
  return output.split('\n').filter((line) => line !== '');
}
