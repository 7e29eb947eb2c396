import { isVfioDriver, type PhysicalFunction } from '@virtfn/model';
import { parseCount, printable } from '../../sysfs/parse-values.ts';
import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';

export interface LockLimit {
  readonly process: string;
  /** null: no limit. */
  readonly limitMb: number | null;
}

export interface ProcessFacts {
  /** Who gathered the facts; null: not seen. */
  readonly isRoot: boolean | null;
  /** VFs whose users are found by the open files of all processes. */
  readonly vfsToLookUp: number;
  /** Processes whose open files were not to be seen; 0 when nobody had to look. */
  readonly unseen: number;
  /** How much memory may be locked by whoever gathered the facts; null: not seen. */
  readonly ownLimit: LockLimit | null;
  /** The daemons of libvirt that may not raise the limit of the VMs that they start. */
  readonly boundDaemons: readonly LockLimit[];
}

const LIBVIRT_DAEMONS = new Set(['libvirtd', 'virtqemud']);
/** CAP_SYS_RESOURCE: may raise limits. */
const SYS_RESOURCE = 1n << 24n;

export function readProcesses(reader: SysfsReader, pfs: readonly PhysicalFunction[]): ProcessFacts {
  const pids = (reader.list('/proc') ?? []).map(parseCount).filter((pid) => pid !== null);
  const vfs = pfs.flatMap((pf) => pf.vfs).filter(({ driver }) => driver !== null && isVfioDriver(driver));
  const unseen = vfs.length === 0 ? [] : pids.filter((pid) => isHidden(reader, pid));
  const status = reader.text('/proc/self/status');
  const uid = /^Uid:\s*(\d+)/m.exec(status ?? '')?.[1];
  return {
    isRoot: uid === undefined ? null : uid === '0',
    vfsToLookUp: vfs.length,
    unseen: unseen.length,
    ownLimit: readLimit(reader, '/proc/self', 'this user'),
    boundDaemons: pids.flatMap((pid) => readBoundDaemon(reader, pid)),
  };
}

/** A process that is there while its open files are not to be listed. */
function isHidden(reader: SysfsReader, pid: number): boolean {
  return reader.list(`/proc/${pid}/fd`) === null && reader.has(`/proc/${pid}/fd`);
}

function readBoundDaemon(reader: SysfsReader, pid: number): readonly LockLimit[] {
  const process = printable(reader.text(`/proc/${pid}/comm`) ?? '');
  if (!LIBVIRT_DAEMONS.has(process)) return [];
  const [, capabilities] =
    /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(reader.text(`/proc/${pid}/status`) ?? '') ?? [];
  const limit = readLimit(reader, `/proc/${pid}`, process);
  if (capabilities === undefined || limit === null) return [];
  return (BigInt(`0x${capabilities}`) & SYS_RESOURCE) === 0n ? [limit] : [];
}

function readLimit(reader: SysfsReader, folder: string, process: string): LockLimit | null {
  const [, soft] =
    /^Max locked memory\s+(\d+|unlimited)\s/m.exec(reader.text(`${folder}/limits`) ?? '') ?? [];
  if (soft === undefined) return null;
  return { process, limitMb: soft === 'unlimited' ? null : Math.floor(Number(soft) / 2 ** 20) };
}
