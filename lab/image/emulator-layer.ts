import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type PrivateApt, readAcquireSettings } from '../debian/index.ts';
import { runProgram } from '../run-program.ts';
import type { BuildContext, Layer } from './build-cache.ts';

/**
 * `root`: QEMU with every library that it needs, unpacked from a release that has one new enough and never installed, so that it runs on
 * a machine of an older one (docs/adr/0019).
 */
export function emulatorLayer(apt: PrivateApt): Layer {
  const { codename, backports } = apt.sources.emulator;
  return {
    name: 'emulator',
    inputs: { codename, backports, packages, revision: 1 },
    build: (folder, context) => build(apt, folder, context),
  };
}

/** libc6 is named because what is only unpacked asks for no more than what is named and what that depends on. */
const packages: readonly string[] = ['libc6', 'qemu-system-x86', 'qemu-utils'];

async function build(apt: PrivateApt, folder: string, context: BuildContext): Promise<void> {
  const { codename, backports } = apt.sources.emulator;
  const scratch = path.join(folder, 'scratch');
  mkdirSync(scratch);
  const settings = path.join(folder, 'acquire.conf');
  writeFileSync(settings, await readAcquireSettings(context.signal));
  const argv = [
    'mmdebstrap',
    '--variant=extract',
    '--aptopt=APT::Install-Recommends "false"',
    `--aptopt=APT::Default-Release "${backports}"`,
    `--aptopt=${settings}`,
    `--include=${packages.join(',')}`,
    codename,
    path.join(folder, 'root'),
    apt.emulatorSourcesFile,
  ];
  await runProgram(argv, { ...context, env: { ...process.env, TMPDIR: scratch, LC_ALL: 'C.UTF-8' } });
  rmSync(scratch, { recursive: true });
  rmSync(settings);
}
