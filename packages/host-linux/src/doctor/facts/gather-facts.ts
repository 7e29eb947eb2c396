import type { PhysicalFunction } from '@virtfn/model';
import { readPfsWith } from '../../sysfs/index.ts';
import { listPciAddresses } from '../../sysfs/read-pfs.ts';
import { PCI_DEVICES } from '../../sysfs/read-vfs.ts';
import { SysfsReader } from '../../sysfs/sysfs-reader.ts';
import { type Distribution, readDistribution } from './distribution.ts';
import { type CpuFacts, type IommuFacts, readCpu, readIommu } from './iommu.ts';
import { type KernelFacts, readKernelFacts } from './kernel.ts';
import { type LibvirtFacts, readLibvirt } from './libvirt.ts';
import {
  type Blacklisting,
  findBlacklistings,
  readModprobeFiles,
  readVfio,
  type VfioFacts,
} from './modules.ts';
import { type NetworkFunction, readNetworkFunctions } from './network-functions.ts';
import { type PciRoom, readPciRoom } from './pci-room.ts';
import { type ProcessFacts, readProcesses } from './processes.ts';
import { readWriters, type Writers } from './writers/index.ts';

/** All that the checks look at, gathered in one go. */
export interface Facts {
  readonly pfs: readonly PhysicalFunction[];
  /** Number of PCI functions; null: the machine has no PCI bus. */
  readonly pciFunctions: number | null;
  readonly networkFunctions: readonly NetworkFunction[];
  /** One for each PF. */
  readonly pciRooms: readonly PciRoom[];
  readonly kernel: KernelFacts;
  readonly distribution: Distribution;
  readonly cpu: CpuFacts | null;
  readonly iommu: IommuFacts;
  readonly blacklistings: readonly Blacklisting[];
  readonly vfio: VfioFacts;
  readonly processes: ProcessFacts;
  readonly libvirt: LibvirtFacts;
  readonly writers: Writers;
}

/**
 * Gathers the facts below a root: `/`, or a snapshot's folder. Works without root rights, and says `not-seen` or null
 * where they are missing.
 */
export function gatherFacts(root: string): Facts {
  return gatherFactsWith(new SysfsReader(root));
}

/** As gatherFacts, with a reader that has read nothing before the moment it shall tell of. */
export function gatherFactsWith(reader: SysfsReader): Facts {
  const addresses = listPciAddresses(reader);
  const pfs = readPfsWith(reader);
  const kernel = readKernelFacts(reader);
  const modprobeFiles = readModprobeFiles(reader);
  return {
    pfs,
    pciFunctions: reader.has(PCI_DEVICES) ? addresses.length : null,
    networkFunctions: readNetworkFunctions(reader, addresses, kernel.release),
    pciRooms: pfs.map((pf) => readPciRoom(reader, pf)),
    kernel,
    distribution: readDistribution(reader),
    cpu: readCpu(reader),
    iommu: readIommu(reader, pfs),
    blacklistings: findBlacklistings(modprobeFiles, kernel.commandLine),
    vfio: readVfio(reader, kernel.release),
    processes: readProcesses(reader, pfs),
    libvirt: readLibvirt(reader),
    writers: readWriters(reader, pfs, modprobeFiles, kernel.commandLine),
  };
}
