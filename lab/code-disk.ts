import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeBundle } from '../tools/bundle/bundle.ts';
import { readProgram, runProgram } from './run-program.ts';

interface Run {
  readonly log: string;
  readonly signal: AbortSignal;
}

/** What tests in a lab host need beyond what the packages do; its own needs come along. */
const forTests: readonly string[] = ['fast-check', 'pure-rand'];

/** The runtime is in the image already, and is larger than all the rest. */
const leftOut = /^node_modules\/node-linux-/;

/**
 * Makes a disk of the checkout as it is now: packages, and the dependencies they run with. It takes about a second,
 * so that a change of the code needs no new image.
 */
export async function makeCodeDisk(checkout: string, disk: string, run: Run): Promise<void> {
  const tree = `${disk}.tree`;
  try {
    await copyCode(checkout, tree, run.signal);
    for (const file of listDependencies(checkout)) copy(checkout, tree, file);
    const options = ['-q', '-F', '-t', 'ext4', '-O', '^has_journal', '-L', 'virtfn-code', '-m', '0'];
    await runProgram(['mke2fs', ...options, '-d', tree, disk, '512M'], run);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/**
 * Copies the packages as they are now, without what they depend on, and bundles them for the command: from source it takes
 * emulated processors twenty seconds to start.
 */
export async function copyCode(checkout: string, tree: string, signal: AbortSignal): Promise<void> {
  for (const file of await listCode(checkout, signal)) copy(checkout, tree, file);
  await makeBundle(checkout, path.join(tree, 'dist'), null);
}

/** What git tracks or would track, so that nothing private of the machine comes along. */
async function listCode(checkout: string, signal: AbortSignal): Promise<readonly string[]> {
  const list = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = await readProgram([...list, 'package.json', 'tsconfig.json', 'packages'], {
    cwd: checkout,
    signal,
  });
  return [...new Set(listed.split('\0'))].filter(
    (file) => file !== '' && existsSync(path.join(checkout, file)),
  );
}

/** The installed packages that are not for development, from npm's own record of what it installed. */
function listDependencies(checkout: string): readonly string[] {
  const record = readFileSync(path.join(checkout, 'node_modules/.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(record) as { packages: Record<string, { readonly dev?: boolean }> };
  return Object.entries(packages)
    .filter(([place, { dev }]) => dev !== true || forTests.some((name) => place === `node_modules/${name}`))
    .map(([place]) => place)
    .filter((place) => place.startsWith('node_modules/') && !leftOut.test(place))
    .filter((place) => existsSync(path.join(checkout, place)));
}

function copy(from: string, to: string, file: string): void {
  const place = path.join(to, file);
  mkdirSync(path.dirname(place), { recursive: true });
  cpSync(path.join(from, file), place, { recursive: true, verbatimSymlinks: true });
}
