import { printable } from '../../sysfs/parse-values.ts';
import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';

/** Distributions whose commands are the same. */
export type DistributionFamily = 'debian' | 'redhat' | 'suse' | 'arch' | 'other';

export interface Distribution {
  readonly family: DistributionFamily;
  readonly isUbuntu: boolean;
  /** Proxmox VE on UEFI boots by systemd-boot, whose command line is in /etc/kernel/cmdline. */
  readonly hasProxmoxBoot: boolean;
}

const FAMILIES: readonly (readonly [DistributionFamily, readonly string[]])[] = [
  ['debian', ['debian', 'ubuntu']],
  ['redhat', ['fedora', 'rhel', 'centos', 'rocky', 'almalinux']],
  ['suse', ['suse', 'opensuse', 'sles']],
  ['arch', ['arch']],
];

export function readDistribution(reader: SysfsReader): Distribution {
  const release = reader.text('/etc/os-release') ?? reader.text('/usr/lib/os-release') ?? '';
  const value = (key: string): string =>
    printable(new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(release)?.[1] ?? '');
  const names = `${value('ID')} ${value('ID_LIKE')}`.split(' ');
  const family = FAMILIES.find(([, ids]) => ids.some((id) => names.includes(id)))?.[0] ?? 'other';
  return {
    family,
    isUbuntu: names.includes('ubuntu'),
    hasProxmoxBoot: reader.has('/etc/kernel/proxmox-boot-uuids'),
  };
}
