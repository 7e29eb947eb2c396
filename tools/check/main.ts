// The gate: npm run check -- [--without-tests] [--only=NAME]
// It runs all checks, also after one has failed, and must never fix anything itself or pass a check that looked at
// nothing. What holds for the code base is a check here, or it does not hold for long.

import path from 'node:path';
import { type Check, formatProblem, type Report } from './check.ts';
import { cleanTreeSince } from './clean-tree.ts';
import { dependencies } from './dependencies.ts';
import { folderHeaders } from './folder-headers.ts';
import { format } from './format.ts';
import { imports } from './imports.ts';
import { lint } from './lint.ts';
import { names } from './names.ts';
import { selfTalk } from './self-talk.ts';
import { tests } from './tests.ts';
import { typeCheck, webTypeCheck } from './type-check.ts';
import { unused } from './unused.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const args = process.argv.slice(2);

const all: readonly Check[] = [
  typeCheck,
  webTypeCheck,
  format,
  lint,
  unused,
  imports,
  folderHeaders,
  names,
  selfTalk,
  dependencies,
  ...(args.includes('--without-tests') ? [] : [tests]),
  cleanTreeSince(root),
];
const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
const chosen = all.filter(({ name }) => only === undefined || name === only);
const unknown = args.find((arg) => arg !== '--without-tests' && !arg.startsWith('--only='));
if (unknown !== undefined || chosen.length === 0) {
  console.error(
    `Usage: npm run check -- [--without-tests] [--only=NAME], where NAME is one of: ${all.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

// Leaving by process.exit takes the program that is running along.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

const failed: [Check, Report][] = [];
for (const check of chosen) {
  const started = performance.now();
  // One after the other: the checks are programs that use all cores already, and the times mean something.
  const report = await attempt(check);
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  const verdict = report.problems.length === 0 ? 'ok    ' : 'FAILED';
  console.log(`${verdict} ${check.name.padEnd(14)} ${seconds} s  ${report.looked}`);
  if (report.problems.length > 0) failed.push([check, report]);
}

for (const [{ name }, { problems, output }] of failed) {
  console.log(`\n${name}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`);
  for (const problem of problems) console.log(formatProblem(problem));
  if (output !== undefined) console.log(output.trimEnd());
}
console.log(
  failed.length === 0 ? '\nAll checks passed.' : `\n${failed.length} of ${chosen.length} checks failed.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** A check that throws has failed: it could not look. */
async function attempt(check: Check): Promise<Report> {
  try {
    return await check.run(root);
  } catch (error) {
    const what = `cannot run: ${error instanceof Error ? error.message : String(error)}`;
    return {
      looked: 'nothing',
      problems: [{ path: '.', line: null, what, fix: 'mend the cause, or the check' }],
    };
  }
}
