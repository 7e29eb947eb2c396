import { parseCount, printable } from './parse-values.ts';
import type { SysfsReader } from './sysfs-reader.ts';

/** A process that has a device file open. */
export interface Holder {
  readonly process: string;
  /** Name of the virtual machine, if the process is a QEMU that was given one. */
  readonly vm: string | null;
}

const DEVICE = /^\/dev\/(vfio\/(devices\/[a-z]*|noiommu-)?\d+|tap\d+|infiniband\/uverbs\d+)$/;
/** Longest command line that is looked at: libvirt's have about 10 KB. */
const COMMAND_LIMIT = 256 << 10;

/**
 * Who holds the device files of VFIO, macvtap and RDMA: /dev/vfio/GROUP, /dev/vfio/noiommu-GROUP, /dev/vfio/devices/vfioN
 * (iommufd), /dev/tapN,
 * /dev/infiniband/uverbsN. The open files of all processes are read at the first question only: machines without
 * passed-through VFs and RDMA pay nothing.
 * Without root only one's own processes are seen.
 */
export class DeviceHolders {
  readonly #reader: SysfsReader;
  #holders: ReadonlyMap<string, readonly Holder[]> | null = null;

  constructor(reader: SysfsReader) {
    this.#reader = reader;
  }

  of(device: string): readonly Holder[] {
    this.#holders ??= readHolders(this.#reader);
    return this.#holders.get(device) ?? [];
  }
}

function readHolders(reader: SysfsReader): ReadonlyMap<string, readonly Holder[]> {
  const holders = new Map<string, Holder[]>();
  const pids = (reader.list('/proc') ?? []).map(parseCount).filter((pid) => pid !== null);
  for (const pid of pids.toSorted((a, b) => a - b)) {
    const folder = `/proc/${pid}/fd`;
    const targets = (reader.list(folder) ?? []).map((fd) => reader.link(`${folder}/${fd}`));
    const devices = new Set(targets.filter((target) => target !== null && DEVICE.test(target)));
    if (devices.size === 0) continue;
    const holder = readProcess(reader, pid);
    for (const device of devices) {
      if (device === null) continue;
      const others = holders.get(device);
      if (others === undefined) holders.set(device, [holder]);
      else others.push(holder);
    }
  }
  return holders;
}

function readProcess(reader: SysfsReader, pid: number): Holder {
  const name = printable(reader.text(`/proc/${pid}/comm`) ?? '');
  const command = reader.bytes(`/proc/${pid}/cmdline`, COMMAND_LIMIT)?.toString('utf8') ?? '';
  return { process: name === '' ? `${pid}` : name, vm: parseGuestName(command) };
}

/**
 * The virtual machine of a QEMU command line, arguments separated by NUL: `-name guest=web,debug-threads=on` as
 * libvirt writes it, or plain `-name web`. A comma in a name is doubled.
 */
export function parseGuestName(command: string): string | null {
  const words = command.replace(/\n$/, '').split('\0');
  const value = words[words.indexOf('-name') + 1];
  if (value === undefined || !words.includes('-name')) return null;
  const options = value.replaceAll(',,', '\0').split(',');
  const guest = options.find((option) => option.startsWith('guest='))?.slice('guest='.length) ?? options[0];
  const name = printable((guest ?? '').replaceAll('\0', ','));
  return name === '' || (name.includes('=') && guest === options[0]) ? null : name;
}
