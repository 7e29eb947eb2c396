import { cpSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { downloadPackages, type PrivateApt, readAvailable, updateLists } from '../debian/index.ts';
import { LabError } from '../lab-error.ts';
import { runProgram } from '../run-program.ts';
import type { BuildContext, Layer } from './build-cache.ts';

/**
 * The kernel that the distribution ships, unpacked: `vmlinuz`, `root/lib/modules`, `busybox`, the headers to
 * build a module with in `headers`, and `kernel.json`. The "cloud" kernel would not do: it has no igb.
 */
export function kernelLayer(apt: PrivateApt): Layer {
  const { codename, backports } = apt.sources;
  return {
    name: 'kernel',
    inputs: { codename, backports, packages: [image, headers], leftOut, revision: 1 },
    build: (folder, context) => build(apt, folder, context),
  };
}

export interface KernelFacts {
  /** As `uname -r` says it. */
  readonly release: string;
  /** Version of the Debian package. */
  readonly version: string;
}

export function readKernelFacts(folder: string): KernelFacts {
  return JSON.parse(readFileSync(path.join(folder, 'kernel.json'), 'utf8')) as KernelFacts;
}

const image = 'linux-image-amd64';
const headers = 'linux-headers-amd64';

/** Modules that no host of the lab has the hardware for: two thirds of them all. */
const leftOut: readonly string[] = [
  'sound',
  ...['gpu', 'media', 'staging', 'iio', 'hid', 'usb', 'infiniband', 'net/wireless', 'mtd', 'input'].map(
    (name) => `drivers/${name}`,
  ),
];

async function build(apt: PrivateApt, folder: string, context: BuildContext): Promise<void> {
  await updateLists(apt, context);
  const packages = path.join(folder, 'packages');
  mkdirSync(packages);
  const { version, depends } = await readAvailable(apt, image, context.signal);
  const release = depends
    .map((name) => /^linux-image-(\d.*)$/.exec(name)?.[1])
    .find((name) => name !== undefined);
  if (release === undefined) throw new LabError(`Cannot tell the kernel of ${image} ${version}: no release`);
  const headersOfRelease = `linux-headers-${release}`;
  const wanted = (await readAvailable(apt, headersOfRelease, context.signal)).depends.filter((name) =>
    /^linux-(headers|kbuild)-/.test(name),
  );
  const names = [`linux-image-${release}`, headersOfRelease, ...wanted, 'busybox-static'];
  await downloadPackages(apt, names, packages, context);

  const root = path.join(folder, 'root');
  const tree = path.join(folder, 'headers');
  for (const file of globSync('*.deb', { cwd: packages })) {
    const isForRoot = /^(linux-image|busybox)/.test(file);
    await runProgram(['dpkg-deb', '--extract', path.join(packages, file), isForRoot ? root : tree], context);
  }
  rmSync(packages, { recursive: true });
  renameSync(path.join(root, `boot/vmlinuz-${release}`), path.join(folder, 'vmlinuz'));
  const [busybox] = globSync('{bin,usr/bin}/busybox', { cwd: root });
  if (busybox === undefined) throw new LabError('Cannot make an initrd: busybox-static has no busybox');
  renameSync(path.join(root, busybox), path.join(folder, 'busybox'));
  keepModules(root, release);
  await runProgram(['depmod', '--basedir', root, release], context);
  relocateHeaders(tree, release);
  writeFileSync(path.join(folder, 'kernel.json'), JSON.stringify({ release, version } satisfies KernelFacts));
}

/** Leaves in `root` the modules and nothing else. Debian 13 packages have them in usr/lib, 12 in lib. */
function keepModules(root: string, release: string): void {
  const [found] = globSync(`{lib,usr/lib}/modules/${release}`, { cwd: root });
  if (found === undefined) throw new LabError(`Cannot find the modules of kernel ${release} in its package`);
  const kept = `${root}.kept/lib/modules`;
  mkdirSync(kept, { recursive: true });
  cpSync(path.join(root, found), path.join(kept, release), { recursive: true });
  rmSync(root, { recursive: true });
  renameSync(`${root}.kept`, root);
  for (const name of leftOut) {
    rmSync(path.join(root, 'lib/modules', release, 'kernel', name), { recursive: true, force: true });
  }
}

/** The headers of Debian name their other half by where it is once installed. Ours stay unpacked. */
function relocateHeaders(tree: string, release: string): void {
  const makefile = path.join(tree, `usr/src/linux-headers-${release}/Makefile`);
  const text = readFileSync(makefile, 'utf8');
  const common = /^include \/usr\/src\/(linux-headers-\S+)\/Makefile$/m.exec(text)?.[1];
  if (common === undefined)
    throw new LabError(`Cannot relocate the headers of kernel ${release}: unknown Makefile`);
  // The layer is moved once it is whole, so the path must not be absolute. make runs in the folder of this Makefile.
  writeFileSync(makefile, `include $(dir $(lastword $(MAKEFILE_LIST)))../${common}/Makefile\n`);
}
