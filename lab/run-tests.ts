// Runs the tests that need a real kernel: npm run test:lab -- [--keep] [part of a path ...]
// lab/**/*.lab.test.ts run here and drive a lab from outside; packages/**/*.lab.test.ts run inside a host of it, against its
// kernel. One lab is started for all, of the topology "single"; x.pair.lab.test.ts get one of the topology "pair".
// It must never pass without having run a test, nor skip what cannot run.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findBrokenHosts, findFallenHosts, tailOfConsoles } from './broken-hosts.ts';
import { LabError } from './lab-error.ts';
import { type Lab, startLab } from './lab.ts';
import { labVariable } from './testing.ts';
import { getTopology } from './topologies/index.ts';
import { buildNestedImage } from './virtual-machine/index.ts';

const root = path.dirname(import.meta.dirname);
const args = process.argv.slice(2);
const filters = args.filter((arg) => arg !== '--keep');
const files = globSync('{lab,packages}/**/*.lab.test.ts', {
  cwd: root,
  exclude: (name) => name === 'node_modules',
}).toSorted();
const chosen = files.filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)));
if (chosen.length === 0) {
  console.error(
    `Cannot run the tests of the lab: none of ${files.length} files matches ${filters.join(' or ')}`,
  );
  process.exit(1);
}

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => abort.abort(new LabError(`Ended by ${signal}`)));
}
const nodeOptions = [
  '--test',
  '--test-reporter=spec',
  // They share hosts: one after the other.
  '--test-concurrency=1',
  '--test-timeout=600000',
  // A file whose hooks have failed may have left its line to the lab open, and would wait for it.
  '--test-force-exit',
];

/** For a whole file. Emulation is slow, and a hang must not hold the build server for ever. */
const fileMilliseconds = 900_000;

/** How often a lab may still be started anew in this run. More is no accident of the emulation any more. */
let startsLeft = 2;

try {
  process.exitCode = await runAll();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  console.error(`${error.message}${error.hint === null ? '' : `\n${error.hint}`}`);
  process.exitCode = 1;
}

async function runAll(): Promise<number> {
  const started = performance.now();
  const groups = Map.groupBy(chosen, (file) => /\.([a-z]+)\.lab\.test\.ts$/.exec(file)?.[1] ?? 'single');
  let status = 0;
  // All of them, also when some have failed.
  for (const [topology, paths] of groups) status = (await runGroup(topology, paths)) || status;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${chosen.length} of ${files.length} files of tests in ${seconds} s, the start of the lab included`,
  );
  return status;
}

/** Runs the files that want the same topology, in a lab of their own. */
async function runGroup(topology: string, paths: readonly string[]): Promise<number> {
  const options = {
    install: process.env['CI'] === 'true',
    signal: abort.signal,
    report: (phase: string, state: string) => console.log(`  ${phase.padEnd(13)} ${state}`),
  };
  // Building takes longer than a file of tests may.
  if (paths.some(usesVirtualMachines)) await buildNestedImage(options);
  const start = (): Promise<Lab> => startLab(getTopology(topology), { name: `test-${topology}`, ...options });
  let lab = await start();
  const runSoundly = async (file: string): Promise<number> => {
    for (;;) {
      abort.signal.throwIfAborted();
      const ended = await runOutside(lab, file);
      if (ended === 0) return ended;
      console.log(tailOfConsoles(lab, 80));
      const broken = await findBrokenHosts(lab);
      await lab.disconnect();
      for (const line of broken) console.log(`Broken: ${line}`);
      if (broken.length === 0 || startsLeft === 0) return ended;
      startsLeft -= 1;
      console.log(`The lab is started anew, and ${file} is run once more`);
      await lab.down();
      lab = await start();
    }
  };
  try {
    const inside = paths.filter((file) => !file.startsWith('lab/'));
    const outside = paths.filter((file) => file.startsWith('lab/'));
    let status = inside.length === 0 ? 0 : await runInside(lab, inside);
    for (const file of outside) status = (await runSoundly(file)) || status;
    return status;
  } finally {
    await (args.includes('--keep') ? lab.disconnect() : lab.down());
  }
}

/** Whether a file of tests imports what starts virtual machines inside hosts. */
function usesVirtualMachines(file: string): boolean {
  return readFileSync(path.join(root, file), 'utf8').includes('virtual-machine/index.ts');
}

async function runOutside(lab: Lab, file: string): Promise<number> {
  console.log(`Running ${file} on this machine, against the lab`);
  await lab.disconnect();
  const env = { ...process.env, [labVariable]: lab.run.name };
  const child = spawn(process.execPath, [...nodeOptions, file], {
    cwd: root,
    stdio: 'inherit',
    env,
    timeout: fileMilliseconds,
  });
  const end = (): boolean => child.kill();
  abort.signal.addEventListener('abort', end);
  // What is left of the file would wait for a host that has lost all it had.
  const watching = setInterval(() => findFallenHosts(lab).length > 0 && end(), 2_000);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(watching);
  abort.signal.removeEventListener('abort', end);
  return code ?? 1;
}

async function runInside(lab: Lab, paths: readonly string[]): Promise<number> {
  const [host] = lab.hosts;
  if (host === undefined) throw new LabError('Cannot run tests in a lab without a host');
  console.log(`Running ${paths.length} files of tests inside ${host.name}`);
  const program = await host.start(['node', ...nodeOptions, ...paths], {
    cwd: '/opt/virtfn',
    env: { NODE_COMPILE_CACHE: '/var/cache/virtfn-lab-tests' },
  });
  program.onStdout((data) => process.stdout.write(data)).onStderr((data) => process.stderr.write(data));
  program.write(null);
  abort.signal.addEventListener('abort', () => program.kill('SIGTERM'));
  return await program.ended;
}
