import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PrivateApt } from '../debian/index.ts';
import { runProgram } from '../run-program.ts';
import type { BuildContext, BuiltLayer, Layer } from './build-cache.ts';
import { readKernelFacts } from './kernel-layer.ts';
import { fetchKernelSource } from './kernel-source.ts';

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
  const facts = readKernelFacts(kernel.folder);
  const work = await fetchKernelSource(apt, { ...facts, part: 'drivers/net/netdevsim' }, folder, context);

  const headers = path.join(kernel.folder, `headers/usr/src/linux-headers-${facts.release}`);
  const make = ['make', `--jobs=${os.availableParallelism()}`, '-C', headers, `M=${work}`];
  // Type information of the module would need pahole, and nothing here reads it.
  await runProgram([...make, 'CONFIG_NETDEVSIM=m', 'CONFIG_DEBUG_INFO_BTF_MODULES=', 'modules'], context);
  mkdirSync(path.join(folder, 'modules'));
  copyFileSync(path.join(work, 'netdevsim.ko'), path.join(folder, 'modules/netdevsim.ko'));
  rmSync(path.resolve(work, '../../..'), { recursive: true });
}
