import path from 'node:path/posix';
import type { PciAddress, PhysicalFunction } from '@virtfn/model';
import { parseCount } from '../../sysfs/parse-values.ts';
import { PCI_DEVICES } from '../../sysfs/read-vfs.ts';
import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';

/** What the PCI bus has room for. */
export interface PciRoom {
  readonly pf: PciAddress;
  /** Register blocks of the VFs (0 to 5) that got no memory address. */
  readonly vfBarsWithoutAddress: readonly number[];
  /** The bridge above the PF and the last bus that it reaches; null: there is none, or it was not seen. */
  readonly bridge: { readonly pciAddress: string; readonly lastBus: number } | null;
}

/** Lines of `resource`: six BARs, the ROM, then the six VF BARs (PCI_IOV_RESOURCES). */
const FIRST_VF_BAR = 7;
const LAST_VF_BAR = 12;
/** IORESOURCE_UNSET: no address was assigned. */
const UNSET = 0x2000_0000n;
const LINE = /^0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16})$/i;

export function readPciRoom(reader: SysfsReader, { pciAddress }: PhysicalFunction): PciRoom {
  return {
    pf: pciAddress,
    vfBarsWithoutAddress: parseVfBars(reader.text(`${PCI_DEVICES}/${pciAddress}/resource`) ?? ''),
    bridge: readBridge(reader, pciAddress),
  };
}

/** Each line is start, end and flags. A VF BAR that the card does not have is all zero. */
function parseVfBars(resource: string): readonly number[] {
  return resource
    .split('\n')
    .slice(FIRST_VF_BAR, LAST_VF_BAR + 1)
    .flatMap((line, bar) => {
      const [, start, , flags] = LINE.exec(line.trim()) ?? [];
      if (start === undefined || flags === undefined || /^0+$/.test(flags)) return [];
      return /^0+$/.test(start) || (BigInt(`0x${flags}`) & UNSET) !== 0n ? [bar] : [];
    });
}

/** The link of a function leads through the bridges above it: `…/pci0000:80/0000:80:01.0/0000:82:00.0`. */
function readBridge(reader: SysfsReader, pciAddress: PciAddress): PciRoom['bridge'] {
  const bridge = path.basename(path.dirname(reader.link(`${PCI_DEVICES}/${pciAddress}`) ?? ''));
  if (!/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(bridge)) return null;
  const lastBus = parseCount(reader.text(`${PCI_DEVICES}/${bridge}/subordinate_bus_number`));
  return lastBus === null ? null : { pciAddress: bridge, lastBus };
}
