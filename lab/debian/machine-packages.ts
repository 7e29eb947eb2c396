import { spawnSync } from 'node:child_process';
import { LabError } from '../lab-error.ts';
import { runProgram } from '../run-program.ts';
import { type PrivateApt, updateLists } from './private-apt.ts';

/** What a machine needs to run a lab that is already built. */
export const packagesToRun: readonly string[] = ['e2fsprogs'];

/** What it needs to build one. */
export const packagesToBuild: readonly string[] = [
  ...packagesToRun,
  'mmdebstrap',
  'cpio',
  'xz-utils',
  'kmod',
  'make',
  'gcc',
  'libelf1',
  ...(process.getuid?.() === 0 ? [] : ['fakeroot', 'uidmap']),
];

/** What it needs to build a kernel for virtual machines in a lab host. */
export const packagesToBuildKernel: readonly string[] = [
  ...packagesToBuild,
  'flex',
  'bison',
  'bc',
  'libc6-dev',
  'libelf-dev',
];

/** Lists those of `needed` that this machine has not. */
function listMissing(needed: readonly string[]): readonly string[] {
  return needed.filter((name) => !isInstalled(name));
}

/** Makes sure that the packages are there: installs them if asked to. @throws {LabError} with the line to type */
export async function requirePackages(
  needed: readonly string[],
  apt: PrivateApt,
  options: { readonly install: boolean; readonly log: string; readonly signal: AbortSignal },
): Promise<void> {
  const missing = listMissing(needed);
  if (missing.length === 0) return;
  const release = apt.sources.backports === null ? [] : ['--target-release', apt.sources.backports];
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...release, ...missing];
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const inOurSources = [...sudo, 'env', `APT_CONFIG=${apt.configFile}`, 'DEBIAN_FRONTEND=noninteractive'];
  if (!options.install) {
    const update = [...inOurSources, 'apt-get', 'update'].join(' ');
    throw new LabError(`Cannot use this machine as it is: ${missing.join(', ')} missing`, {
      hint: `Run "lab up --install", or type\n  ${update}\n  ${[...inOurSources, ...install].join(' ')}`,
    });
  }
  await updateLists(apt, options);
  await runProgram([...inOurSources, ...install], options);
  const left = listMissing(needed);
  if (left.length > 0) {
    throw new LabError(`Cannot install ${left.join(', ')}: apt-get ended well without`);
  }
}

function isInstalled(name: string): boolean {
  const argv = ['--show', '--showformat=${db:Status-Status}', name];
  return spawnSync('dpkg-query', argv, { encoding: 'utf8' }).stdout === 'installed';
}
