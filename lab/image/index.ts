// What a lab host boots from, and the QEMU that boots it, built layer by layer in the cache: kernel, netdevsim, root file system, initrd,
// disk, emulator.
// Nothing here may write into the checkout or install anything on the machine, and a layer once built is never changed.
import path from 'node:path';
import type { PrivateApt } from '../debian/index.ts';
import type { BuildCache } from './build-cache.ts';
import { diskLayer } from './disk-layer.ts';
import { emulatorLayer } from './emulator-layer.ts';
import { initrdLayer } from './initrd-layer.ts';
import { kernelLayer } from './kernel-layer.ts';
import { netdevsimLayer } from './netdevsim-layer.ts';
import { rootLayer } from './root-layer.ts';

export { BuildCache, cacheFolder } from './build-cache.ts';
export { outsideMac } from './guest-files.ts';
export { probeAnswer } from './initrd-layer.ts';
export { type NestedImage, obtainNestedImage } from './nested/index.ts';

/** The files that QEMU needs, and QEMU. */
export interface Image {
  /** The folder of a file system that has QEMU in it. */
  readonly emulator: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
}

/** Whether the image can be had without packages from anywhere. */
export function isFetched(cache: BuildCache, apt: PrivateApt): boolean {
  const kernel = kernelLayer(apt);
  if (![kernel, rootLayer(apt), emulatorLayer(apt)].every((layer) => cache.has(layer))) return false;
  return cache.has(netdevsimLayer(apt, cache.locate(kernel)));
}

/** Builds what is not there yet. Root file system and emulator come at the same time as kernel and module. */
export async function obtainImage(cache: BuildCache, apt: PrivateApt): Promise<Image> {
  const obtainingKernel = cache
    .obtain(kernelLayer(apt))
    .then(async (kernel) => ({ kernel, netdevsim: await cache.obtain(netdevsimLayer(apt, kernel)) }));
  const fetchingRoot = cache.obtain(rootLayer(apt));
  const fetchingEmulator = cache.obtain(emulatorLayer(apt));
  // Waits for all also when one fails: a program must not be left running in a folder that is being removed.
  await Promise.allSettled([obtainingKernel, fetchingRoot, fetchingEmulator]);
  const { kernel, netdevsim } = await obtainingKernel;
  const root = await fetchingRoot;
  const emulator = await fetchingEmulator;
  const node = { file: process.execPath, version: process.version };
  const initrd = await cache.obtain(initrdLayer(kernel));
  const disk = await cache.obtain(diskLayer({ root, kernel, netdevsim, node }));
  return {
    emulator: path.join(emulator.folder, 'root'),
    kernel: path.join(kernel.folder, 'vmlinuz'),
    initrd: path.join(initrd.folder, 'initrd.gz'),
    disk: path.join(disk.folder, 'disk.img'),
  };
}
