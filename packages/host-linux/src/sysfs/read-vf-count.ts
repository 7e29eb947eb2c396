import type { PciAddress } from '@virtfn/model';
import { readLinkState, readPfNetdevs } from './netdevs.ts';
import { parseCount } from './parse-values.ts';
import { PCI_DEVICES } from './read-vfs.ts';
import type { SysfsReader } from './sysfs-reader.ts';

/** What of a PF changes with its number of VFs. */
export interface VfCount {
  readonly numVfs: number;
  /** VFs whose links and folders are there, which come late (K6). */
  readonly visible: number;
  readonly adminUp: boolean;
  readonly carrier: boolean;
}

/** null: there is no PF at this address. */
export function readVfCount(reader: SysfsReader, pf: PciAddress): VfCount | null {
  const device = `${PCI_DEVICES}/${pf}`;
  const numVfs = parseCount(reader.text(`${device}/sriov_numvfs`));
  if (numVfs === null) return null;
  const links = (reader.list(device) ?? []).filter((name) => /^virtfn\d+$/.test(name));
  const { own } = readPfNetdevs(reader, device);
  return {
    numVfs,
    visible: links.filter((name) => reader.has(`${device}/${name}/vendor`)).length,
    ...readLinkState(reader, own),
  };
}
