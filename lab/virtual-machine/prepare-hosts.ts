import path from 'node:path';
import { preparePrivateApt } from '../debian/index.ts';
import { BuildCache, cacheFolder, type NestedImage, obtainNestedImage } from '../image/index.ts';
import type { LabHost } from '../lab-host.ts';
import { nestedInitrdPlace, nestedKernelPlace } from './definition.ts';

interface PrepareOptions {
  /** Install packages that this machine lacks, rather than say so. Default: as with `CI=true`. */
  readonly install?: boolean;
  readonly signal?: AbortSignal;
  /** Gets each phase as it begins and ends. */
  readonly report?: (phase: string, state: string) => void;
}

/** Builds what virtual machines boot from, unless it is there. The first time it takes 5 to 10 minutes on two cores. */
export async function buildNestedImage(options: PrepareOptions = {}): Promise<NestedImage> {
  const { install = process.env['CI'] === 'true', report = () => {} } = options;
  const { signal = new AbortController().signal } = options;
  const cacheRoot = cacheFolder();
  const cache = new BuildCache(cacheRoot, signal, report);
  return await obtainNestedImage(cache, preparePrivateApt(path.join(cacheRoot, 'apt')), { install, signal });
}

/**
 * Makes hosts ready to run virtual machines: brings kernel and initrd in, and has libvirt look at its QEMU, which takes it 10 to 20 s
 * the first time. Idempotent, and quick the second time.
 */
export async function prepareHosts(hosts: readonly LabHost[], options: PrepareOptions = {}): Promise<void> {
  const image = await buildNestedImage(options);
  await Promise.all(hosts.map((host) => prepareHost(host, image)));
}

async function prepareHost(host: LabHost, image: NestedImage): Promise<void> {
  const marker = `${nestedKernelPlace}.key`;
  const { stdout } = await host.exec(['cat', marker]);
  if (stdout !== image.key) {
    await host.copyIn(image.kernel, nestedKernelPlace);
    await host.copyIn(image.initrd, nestedInitrdPlace);
    await host.run(['bash', '-c', 'cat > "$0"', marker], { stdin: image.key });
  }
  await host.run(['virsh', 'domcapabilities'], { timeoutMs: 240_000 });
}
