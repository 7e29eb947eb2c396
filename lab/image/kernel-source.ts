import { globSync, rmSync } from 'node:fs';
import path from 'node:path';
import { downloadPackages, type PrivateApt, updateLists } from '../debian/index.ts';
import { LabError } from '../lab-error.ts';
import { runProgram } from '../run-program.ts';
import type { BuildContext } from './build-cache.ts';
import type { KernelFacts } from './kernel-layer.ts';

interface WantedSource extends KernelFacts {
  /** A folder of the source; `.` for all of it, which is 1.5 GB. */
  readonly part: string;
}

/** Unpacks the source of a kernel of the distribution, or a part of it, below `folder`, and gives the part's path. */
export async function fetchKernelSource(
  apt: PrivateApt,
  { release, version, part }: WantedSource,
  folder: string,
  context: BuildContext,
): Promise<string> {
  const series = /^\d+\.\d+/.exec(release)?.[0];
  await updateLists(apt, context);
  await downloadPackages(apt, [`linux-source-${series}=${version}`], folder, context);
  const [source] = globSync('linux-source-*.deb', { cwd: folder });
  if (source === undefined)
    throw new LabError(`Cannot find the source of kernel ${version}: apt gave no file`);

  // The tarball in the package is unpacked as it streams by.
  const tarball = `./usr/src/linux-source-${series}.tar.xz`;
  const member = path.join(`linux-source-${series}`, part);
  const unpack = `set -o pipefail; dpkg-deb --fsys-tarfile ${source} | tar -xO ${tarball} | tar -xJ ${member}`;
  await runProgram(['bash', '-c', unpack], { ...context, cwd: folder });
  rmSync(path.join(folder, source));
  return path.join(folder, member);
}
