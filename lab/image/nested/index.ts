// What a virtual machine inside a lab host boots from: a kernel that has what such a machine needs and no more, and an initrd that
// is all of its file system. It must never be needed to start a lab: building the kernel takes minutes.
import path from 'node:path';
import { packagesToBuildKernel, type PrivateApt, requirePackages } from '../../debian/index.ts';
import type { BuildCache } from '../build-cache.ts';
import { kernelLayer } from '../kernel-layer.ts';
import { nestedInitrdLayer } from './initrd-layer.ts';
import { nestedKernelLayer } from './kernel-layer.ts';

/** The files that QEMU inside a lab host needs. */
export interface NestedImage {
  readonly kernel: string;
  readonly initrd: string;
  /** The same for the same content of both. */
  readonly key: string;
}

interface Options {
  /** Install packages that this machine lacks, rather than say so. */
  readonly install: boolean;
  readonly signal: AbortSignal;
}

/** Builds what is not there yet; from nothing it takes 5 to 10 minutes on two cores. */
export async function obtainNestedImage(
  cache: BuildCache,
  apt: PrivateApt,
  { install, signal }: Options,
): Promise<NestedImage> {
  const hostKernel = cache.locate(kernelLayer(apt));
  const kernelWanted = nestedKernelLayer(apt, hostKernel);
  const initrdWanted = nestedInitrdLayer(hostKernel);
  if (!cache.has(kernelWanted) || !cache.has(initrdWanted)) {
    const log = path.join(cache.folder, 'logs/packages.log');
    await requirePackages(packagesToBuildKernel, apt, { install, log, signal });
    await cache.obtain(kernelLayer(apt));
  }
  const kernel = await cache.obtain(kernelWanted);
  const initrd = await cache.obtain(initrdWanted);
  return {
    kernel: path.join(kernel.folder, 'vmlinuz'),
    initrd: path.join(initrd.folder, 'initrd.gz'),
    key: `${kernel.key} ${initrd.key}`,
  };
}
