import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PrivateApt } from '../../debian/index.ts';
import { runProgram } from '../../run-program.ts';
import type { BuildContext, BuiltLayer, Layer } from '../build-cache.ts';
import { readKernelFacts } from '../kernel-layer.ts';
import { fetchKernelSource } from '../kernel-source.ts';

/**
 * `vmlinuz` for virtual machines inside a lab host, from the source of the host's own kernel: the distribution's takes minutes to
 * boot there, this one is 2.5 MB and has all it needs built in.
 */
export function nestedKernelLayer(apt: PrivateApt, hostKernel: BuiltLayer): Layer {
  const config = readFileSync(path.join(import.meta.dirname, 'kernel.config'), 'utf8');
  return {
    name: 'nested-kernel',
    inputs: { kernel: hostKernel.key, config, revision: 1 },
    build: (folder, context) => build(apt, hostKernel, config, folder, context),
  };
}

async function build(
  apt: PrivateApt,
  hostKernel: BuiltLayer,
  config: string,
  folder: string,
  context: BuildContext,
): Promise<void> {
  const facts = readKernelFacts(hostKernel.folder);
  const source = await fetchKernelSource(apt, { ...facts, part: '.' }, folder, context);
  const run = { ...context, cwd: source, env: { ...process.env, LC_ALL: 'C.UTF-8' } };
  // Later settings win over those of tinyconfig; olddefconfig adds what they need.
  const configure = 'make tinyconfig && printf %s "$0" >> .config && make olddefconfig';
  await runProgram(['bash', '-euc', configure, config], run);
  await runProgram(['make', `--jobs=${os.availableParallelism()}`, 'bzImage'], run);
  copyFileSync(path.join(source, 'arch/x86/boot/bzImage'), path.join(folder, 'vmlinuz'));
  rmSync(source, { recursive: true });
}
