import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { downloadPackages, type PrivateApt, updateLists } from '../debian/index.ts';
import { LabError } from '../lab-error.ts';
import { runProgram } from '../run-program.ts';
import type { BuildContext, BuiltLayer, Layer } from './build-cache.ts';
import { readKernelFacts } from './kernel-layer.ts';

/**
 * `netdevsim.ko`, which Debian's kernels leave out: a network device without hardware, with switchdev, representors,
 * rates and hundreds of VFs. Built from the source of the very kernel that the lab runs.
 */
export function netdevsimLayer(apt: PrivateApt, kernel: BuiltLayer): Layer {
  return {
    name: 'netdevsim',
    inputs: { kernel: kernel.key, revision: 1 },
    build: (folder, context) => build(apt, kernel, folder, context),
  };
}

async function build(
  apt: PrivateApt,
  kernel: BuiltLayer,
  folder: string,
  context: BuildContext,
): Promise<void> {
  const { release, version } = readKernelFacts(kernel.folder);
  const series = /^\d+\.\d+/.exec(release)?.[0];
  await updateLists(apt, context);
  await downloadPackages(apt, [`linux-source-${series}=${version}`], folder, context);
  const [source] = globSync('linux-source-*.deb', { cwd: folder });
  if (source === undefined)
    throw new LabError(`Cannot find the source of kernel ${version}: apt gave no file`);

  // Only this one folder out of 1.5 GB. The tarball in the package is unpacked as it streams by.
  const tarball = `./usr/src/linux-source-${series}.tar.xz`;
  const member = `linux-source-${series}/drivers/net/netdevsim`;
  const unpack = `set -o pipefail; dpkg-deb --fsys-tarfile ${source} | tar -xO ${tarball} | tar -xJ ${member}`;
  await runProgram(['bash', '-c', unpack], { ...context, cwd: folder });
  rmSync(path.join(folder, source));

  const headers = path.join(kernel.folder, `headers/usr/src/linux-headers-${release}`);
  const work = path.join(folder, member);
  const make = ['make', `--jobs=${os.availableParallelism()}`, '-C', headers, `M=${work}`];
  // Type information of the module would need pahole, and nothing here reads it.
  await runProgram([...make, 'CONFIG_NETDEVSIM=m', 'CONFIG_DEBUG_INFO_BTF_MODULES=', 'modules'], context);
  mkdirSync(path.join(folder, 'modules'));
  copyFileSync(path.join(work, 'netdevsim.ko'), path.join(folder, 'modules/netdevsim.ko'));
  rmSync(path.join(folder, `linux-source-${series}`), { recursive: true });
}
