import { spawnSync } from 'node:child_process';
import { LabError } from '../lab-error.ts';
import { runProgram } from '../run-program.ts';
import { type PrivateApt, updateLists } from './private-apt.ts';

interface NeededPackage {
  readonly name: string;
  /** The oldest version that will do; null for any. */
  readonly oldest: string | null;
}

/** What a machine needs to run a lab that is already built. QEMU has the 82576 (igb) from 8.1 on. */
export const packagesToRun: readonly NeededPackage[] = [
  { name: 'qemu-system-x86', oldest: '1:8.1' },
  { name: 'qemu-utils', oldest: null },
  { name: 'e2fsprogs', oldest: null },
];

/** What it needs to build one. */
export const packagesToBuild: readonly NeededPackage[] = [
  ...packagesToRun,
  ...['mmdebstrap', 'cpio', 'xz-utils', 'kmod', 'make', 'gcc', 'libelf1'].map((name) => ({
    name,
    oldest: null,
  })),
  ...(process.getuid?.() === 0 ? [] : ['fakeroot', 'uidmap'].map((name) => ({ name, oldest: null }))),
];

/** What it needs to build a kernel for virtual machines in a lab host. */
export const packagesToBuildKernel: readonly NeededPackage[] = [
  ...packagesToBuild,
  ...['flex', 'bison', 'bc', 'libc6-dev', 'libelf-dev'].map((name) => ({ name, oldest: null })),
];

/** Lists those of `needed` that this machine has not, or has too old. */
function listMissing(needed: readonly NeededPackage[]): readonly NeededPackage[] {
  return needed.filter(({ name, oldest }) => {
    const version = readInstalledVersion(name);
    return version === null || (oldest !== null && !isAtLeast(version, oldest));
  });
}

/** Makes sure that the packages are there: installs them if asked to. @throws {LabError} with the line to type */
export async function requirePackages(
  needed: readonly NeededPackage[],
  apt: PrivateApt,
  options: { readonly install: boolean; readonly log: string; readonly signal: AbortSignal },
): Promise<void> {
  const missing = listMissing(needed);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const release = apt.sources.backports === null ? [] : ['--target-release', apt.sources.backports];
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...release, ...names];
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const inOurSources = [...sudo, 'env', `APT_CONFIG=${apt.configFile}`, 'DEBIAN_FRONTEND=noninteractive'];
  if (!options.install) {
    const update = [...inOurSources, 'apt-get', 'update'].join(' ');
    throw new LabError(`Cannot use this machine as it is: ${names.join(', ')} missing or too old`, {
      hint: `Run "lab up --install", or type\n  ${update}\n  ${[...inOurSources, ...install].join(' ')}`,
    });
  }
  await updateLists(apt, options);
  await runProgram([...inOurSources, ...install], options);
  const left = listMissing(needed);
  if (left.length > 0) {
    throw new LabError(
      `Cannot install ${left.map(({ name }) => name).join(', ')}: apt-get ended well without`,
    );
  }
}

function readInstalledVersion(name: string): string | null {
  const { stdout } = spawnSync(
    'dpkg-query',
    ['--show', '--showformat=${db:Status-Status} ${Version}', name],
    {
      encoding: 'utf8',
    },
  );
  return /^installed (\S+)$/.exec(stdout ?? '')?.[1] ?? null;
}

function isAtLeast(version: string, oldest: string): boolean {
  return spawnSync('dpkg', ['--compare-versions', version, 'ge', oldest]).status === 0;
}
