// Runs the project's tests with Node's own runner: npm test -- [--coverage] [part of a path ...]
// It must never pass without having run a test: no file found is a failure.

import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const places = [
  'packages/**/src/**/*.test.ts',
  'tools/**/*.test.ts',
  'bench/**/*.test.ts',
  'lab/**/*.test.ts',
];

const args = process.argv.slice(2);
const coverage = args.includes('--coverage');
const filters = args.filter((arg) => arg !== '--coverage');
const unknown = filters.find((filter) => filter.startsWith('-'));
if (unknown !== undefined) {
  console.error(`Unknown option ${unknown}. Usage: npm test -- [--coverage] [part of a path ...]`);
  process.exit(2);
}

const all = globSync(places, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'fixtures' })
  // Tests of the lab need QEMU and are started there.
  .filter((file) => !file.endsWith('.lab.test.ts'))
  .toSorted();
const chosen = all.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
if (chosen.length === 0) {
  const asked = filters.length === 0 ? '' : ` whose path contains ${filters.join(' or ')}`;
  console.error(`Cannot run the tests: none of ${all.length} test files found under ${root}${asked}`);
  process.exit(1);
}

// Once for all files: they would take it away from each other.
if (chosen.some((file) => file.startsWith('tools/web/'))) {
  const { buildWeb } = await import('./web/build-web.ts');
  await buildWeb(root, path.join(root, 'dist/ui'));
}

const others = chosen.length === all.length ? '' : ` of ${all.length}`;
console.log(`Running ${chosen.length}${others} test files on Node ${process.versions.node}`);
// Every file runs in a process of its own, so that no test sees what another left behind. The cache of compiled code
// brings that down to about the time of one process for all. It blurs the lines of a coverage report.
const env = coverage
  ? process.env
  : { ...process.env, NODE_COMPILE_CACHE: path.join(root, '.cache/compiled') };
const child = spawn(
  process.execPath,
  [
    '--test',
    '--test-reporter=spec',
    '--test-concurrency=2',
    // Longer than any honest test; one that hangs is ended, and named.
    '--test-timeout=60000',
    ...(coverage ? ['--experimental-test-coverage', '--test-coverage-exclude=**/*.test.ts'] : []),
    ...chosen,
  ],
  { cwd: root, stdio: 'inherit', env },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
