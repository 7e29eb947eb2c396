import {
  type HostId,
  type ObservedHost,
  type PciAddress,
  type PhysicalFunction,
  parseHostId,
} from '@virtfn/model';
import { parseOrNull } from '../sysfs/parse-values.ts';
import { readNumaNodes, readPfAt, readPfsWith, readVfCount, type VfCount } from '../sysfs/index.ts';
import { SysfsReader } from '../sysfs/sysfs-reader.ts';

/**
 * Reads a whole machine below a root, synchronously. What netlink tells (settings of VFs, eswitch mode, firmware) is
 * not known here and null.
 */
export function readMachine(root: string): ObservedHost {
  const reader = new SysfsReader(root);
  return {
    hostId: hostIdOf(reader.text('/proc/sys/kernel/hostname') ?? ''),
    bootId: reader.text('/proc/sys/kernel/random/boot_id') ?? 'unknown',
    simulated: false,
    numaNodes: readNumaNodes(reader),
    // One netlink dump, matched by netdev name, is to be laid over these.
    pfs: readPfsWith(reader),
    orphans: [],
    fdbClaims: [],
  };
}

/** Reads one PF with its VFs, or with one of them; null when there is none at this address. */
export function readOnePf(root: string, pf: PciAddress, onlyVf: number | null): PhysicalFunction | null {
  return readPfAt(new SysfsReader(root), pf, onlyVf);
}

/** What of a PF changes with its number of VFs; null when there is none at this address. */
export function countVfs(root: string, pf: PciAddress): VfCount | null {
  return readVfCount(new SysfsReader(root), pf);
}

export function readHostId(root: string): HostId {
  return hostIdOf(new SysfsReader(root).text('/proc/sys/kernel/hostname') ?? '');
}

/** The kernel takes any 64 bytes for a host name; what a host id cannot have becomes a dash. */
export function hostIdOf(hostname: string): HostId {
  const usable = hostname.replaceAll(/[^A-Za-z0-9._-]/g, '-').replaceAll(/^[._-]+|[._-]+$/g, '');
  return parseOrNull(parseHostId, usable) ?? parseHostId('localhost');
}
