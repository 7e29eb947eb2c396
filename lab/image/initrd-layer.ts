import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from '../run-program.ts';
import { packInitrd } from './archive.ts';
import type { BuildContext, BuiltLayer, Layer } from './build-cache.ts';
import { readKernelFacts } from './kernel-layer.ts';

/** `initrd.gz`: just enough to mount the disk. Also what tries out whether an accelerator works. */
export function initrdLayer(kernel: BuiltLayer): Layer {
  return {
    name: 'initrd',
    inputs: { kernel: kernel.key, wantedModules, initScript, revision: 1 },
    build: (folder, context) => build(kernel, folder, context),
  };
}

/** Said on the serial console by a kernel that was started with `lab.probe`. */
export const probeAnswer = 'virtfn-lab-probe-ok';

const wantedModules = ['virtio_blk', 'crc32c_generic', 'ext4'];

const initScript = `#!/bin/busybox sh
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox mount -t proc none /proc
case "$(/bin/busybox cat /proc/cmdline)" in
*lab.probe*) echo ${probeAnswer}; /bin/busybox poweroff -f ;;
esac
while read -r module; do /bin/busybox insmod "/modules/$module"; done < /modules/order
until [ -b /dev/vda ]; do /bin/busybox sleep 0.1; done
/bin/busybox mount -t ext4 -o noatime /dev/vda /new || exec /bin/busybox sh
/bin/busybox mount --move /dev /new/dev
/bin/busybox umount /proc
exec /bin/busybox switch_root /new /sbin/init
`;

async function build(kernel: BuiltLayer, folder: string, context: BuildContext): Promise<void> {
  const { release } = readKernelFacts(kernel.folder);
  const modules = path.join(kernel.folder, 'root/lib/modules', release);
  const tree = path.join(folder, 'tree');
  for (const name of ['bin', 'dev', 'proc', 'new', 'modules'])
    mkdirSync(path.join(tree, name), { recursive: true });
  const order = orderModules(readFileSync(path.join(modules, 'modules.dep'), 'utf8'), wantedModules);
  for (const file of order) {
    const name = path.basename(file);
    cpSync(path.join(modules, file), path.join(tree, 'modules', name));
    // busybox loads no compressed module.
    if (name.endsWith('.xz')) await runProgram(['unxz', path.join(tree, 'modules', name)], context);
  }
  const names = order.map((file) => path.basename(file).replace(/\.xz$/, ''));
  writeFileSync(path.join(tree, 'modules/order'), names.map((name) => `${name}\n`).join(''));
  copyFileSync(path.join(kernel.folder, 'busybox'), path.join(tree, 'bin/busybox'));
  writeFileSync(path.join(tree, 'init'), initScript, { mode: 0o755 });
  await packInitrd(tree, context);
}

/** Orders modules so that each comes after those it needs, as depmod's modules.dep lists them. Names are file stems. */
export function orderModules(modulesDep: string, wanted: readonly string[]): readonly string[] {
  const stem = (file: string): string =>
    path
      .basename(file)
      .replace(/\.ko.*$/, '')
      .replaceAll('-', '_');
  const needs = new Map<string, readonly string[]>();
  for (const line of modulesDep.split('\n')) {
    const [file = '', rest = ''] = line.split(':');
    // The file itself first, then what it needs, the nearest first: backwards is the order of loading.
    if (file !== '')
      needs.set(stem(file), [file, ...rest.split(' ').filter((word) => word !== '')].toReversed());
  }
  // What is not listed is built into the kernel.
  return [...new Set(wanted.flatMap((name) => needs.get(name) ?? []))];
}
