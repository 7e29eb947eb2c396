import type { PrivateApt } from '../debian/index.ts';
import { bootstrap } from './bootstrap.ts';
import type { Layer } from './build-cache.ts';

/** `root.tar`: a minimal Debian of the machine's own release, with what the tests of the lab need. */
export function rootLayer(apt: PrivateApt): Layer {
  const { sourcesFile, sources } = apt;
  const { codename } = sources;
  return {
    name: 'root',
    inputs: { codename, packages, options, revision: 1 },
    build: (folder, context) =>
      bootstrap({ codename, packages, options, sourcesFile, target: 'root.tar' }, folder, context),
  };
}

/**
 * systemd as the first process, because units and their order are part of what is tested. libvirt with QEMU, for virtual
 * machines inside a lab host; socat is the way to their serial ports.
 */
const packages: readonly string[] = [
  'systemd-sysv',
  'udev',
  'dbus',
  'kmod',
  'procps',
  'iproute2',
  'iputils-ping',
  'pciutils',
  'ethtool',
  'sysfsutils',
  'tcpdump',
  'nftables',
  'libvirt-daemon-system',
  'libvirt-clients',
  'qemu-system-x86',
  'socat',
];

const options: readonly string[] = [
  '--variant=minbase',
  '--aptopt=APT::Install-Recommends "false"',
  ...['man', 'doc', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
];
