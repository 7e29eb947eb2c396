import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type PrivateApt, readAcquireSettings } from '../debian/index.ts';
import { runProgram } from '../run-program.ts';
import type { BuildContext, Layer } from './build-cache.ts';

/** `root.tar`: a minimal Debian of the machine's own release, with what the tests of the lab need. */
export function rootLayer(apt: PrivateApt): Layer {
  return {
    name: 'root',
    inputs: { codename: apt.sources.codename, packages, options, revision: 1 },
    build: (folder, context) => build(apt, folder, context),
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

async function build(apt: PrivateApt, folder: string, context: BuildContext): Promise<void> {
  const scratch = path.join(folder, 'scratch');
  mkdirSync(scratch);
  const settings = path.join(folder, 'acquire.conf');
  writeFileSync(settings, await readAcquireSettings(context.signal));
  const tarball = path.join(folder, 'root.tar');
  const include = `--include=${packages.join(',')}`;
  const { codename } = apt.sources;
  const argv = [
    'mmdebstrap',
    ...options,
    `--aptopt=${settings}`,
    include,
    codename,
    tarball,
    apt.sourcesFile,
  ];
  await runProgram(argv, { ...context, env: { ...process.env, TMPDIR: scratch, LC_ALL: 'C.UTF-8' } });
  rmSync(scratch, { recursive: true });
  rmSync(settings);
}
