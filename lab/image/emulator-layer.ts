import type { PrivateApt } from '../debian/index.ts';
import { bootstrap } from './bootstrap.ts';
import type { Layer } from './build-cache.ts';

/**
 * `root`: QEMU with every library that it needs, unpacked from a release that has one new enough and never installed, so that it runs on
 * a machine of an older one (docs/adr/0019).
 */
export function emulatorLayer(apt: PrivateApt): Layer {
  const { codename, backports } = apt.sources.emulator;
  return {
    name: 'emulator',
    inputs: { codename, backports, packages, revision: 1 },
    build: async (folder, context) => {
      const options = [...unpackOnly, `--aptopt=APT::Default-Release "${backports}"`];
      const sourcesFile = apt.emulatorSourcesFile;
      await bootstrap({ codename, packages, options, sourcesFile, target: 'root' }, folder, context);
    },
  };
}

/** libc6 is named because what is only unpacked asks for no more than what is named and what that depends on. */
const packages: readonly string[] = ['libc6', 'qemu-system-x86', 'qemu-utils'];

const unpackOnly: readonly string[] = ['--variant=extract', '--aptopt=APT::Install-Recommends "false"'];
