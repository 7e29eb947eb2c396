import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readProgram } from '../../run-program.ts';
import { packInitrd } from '../archive.ts';
import type { BuildContext, BuiltLayer, Layer } from '../build-cache.ts';

/** `initrd.gz`: busybox and our scripts, all that a virtual machine inside a lab host has of files. */
export function nestedInitrdLayer(hostKernel: BuiltLayer): Layer {
  const scripts = places.map(([name, place]) => ({
    place,
    content: readFileSync(path.join(import.meta.dirname, name), 'utf8'),
  }));
  return {
    name: 'nested-initrd',
    inputs: { kernel: hostKernel.key, scripts, revision: 1 },
    build: (folder, context) => build(hostKernel, scripts, folder, context),
  };
}

/** Where each script beside this file goes. */
const places: readonly (readonly [name: string, place: string])[] = [
  ['init', 'init'],
  ['take-device', 'bin/take-device'],
  ['give-address', 'bin/give-address'],
  ['serve-commands', 'bin/serve-commands'],
  // The name of the event "power button pressed", as busybox's acpid has it.
  ['power-off', 'etc/acpi/PWRF/00000080'],
];

async function build(
  hostKernel: BuiltLayer,
  scripts: readonly { readonly place: string; readonly content: string }[],
  folder: string,
  context: BuildContext,
): Promise<void> {
  const tree = path.join(folder, 'tree');
  for (const name of ['bin', 'dev', 'proc', 'sys', 'tmp', 'etc/acpi/PWRF', 'var/log', 'var/run'])
    mkdirSync(path.join(tree, name), { recursive: true });
  const busybox = path.join(tree, 'bin/busybox');
  copyFileSync(path.join(hostKernel.folder, 'busybox'), busybox);
  chmodSync(busybox, 0o755);
  const programs = (await readProgram([busybox, '--list'], context)).trim().split('\n');
  for (const name of programs.filter((each) => each !== 'busybox'))
    symlinkSync('busybox', path.join(tree, 'bin', name));
  for (const { place, content } of scripts) writeFileSync(path.join(tree, place), content, { mode: 0o755 });
  await packInitrd(tree, context);
}
