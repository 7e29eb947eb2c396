import { type PciAddress, type PciId, type PhysicalFunction, parsePciId } from '@virtfn/model';
import { readPfsWith } from '../sysfs/index.ts';
import { parseCount, parseOrNull } from '../sysfs/parse-values.ts';
import { type PciName, PciNames } from '../sysfs/pci-names.ts';
import { isNetworkFunction, listPciAddresses } from '../sysfs/read-pfs.ts';
import { PCI_DEVICES } from '../sysfs/read-vfs.ts';
import { SysfsReader } from '../sysfs/sysfs-reader.ts';
import { readKernelOption, readKernelRelease } from './kernel-config.ts';
import { parseSriovCapability, type SriovCapability } from './sriov-capability.ts';

/** A PCI function of a network card that is no VF, whether or not it is a PF. */
export interface NetworkFunction extends PciName {
  readonly pciAddress: PciAddress;
  readonly vendorId: PciId;
  readonly productId: PciId;
  readonly driver: string | null;
  /** What the kernel offers: null without SR-IOV, 0 if firmware or driver allow none. */
  readonly totalVfs: number | null;
  readonly capability: SriovCapability;
  /** Kernel modules on disk that name the product; looked up only for a function without a driver. */
  readonly modules: readonly string[];
}

/** All that the checks look at, gathered in one go. */
export interface Facts {
  readonly pfs: readonly PhysicalFunction[];
  /** Number of PCI functions; null: the machine has no PCI bus. */
  readonly pciFunctions: number | null;
  readonly networkFunctions: readonly NetworkFunction[];
  readonly kernelRelease: string | null;
  /** CONFIG_PCI_IOV; null: the kernel does not tell. */
  readonly kernelHasSriov: boolean | null;
}

const CONFIG_SPACE = 4096;
/** The file has 1.2 MB on Debian. */
const ALIASES_LIMIT = 32 << 20;

/**
 * Gathers the facts below a root: `/`, or a snapshot's folder. Works without root rights, and says `not-seen` or null
 * where they are missing.
 */
export function gatherFacts(root: string): Facts {
  const reader = new SysfsReader(root);
  const names = new PciNames(reader);
  const addresses = listPciAddresses(reader);
  return {
    pfs: readPfsWith(reader),
    pciFunctions: reader.has(PCI_DEVICES) ? addresses.length : null,
    networkFunctions: addresses
      .map((pciAddress) => readNetworkFunction(reader, names, pciAddress))
      .filter((each) => each !== null),
    kernelRelease: readKernelRelease(reader),
    kernelHasSriov: readKernelOption(reader, 'CONFIG_PCI_IOV'),
  };
}

function readNetworkFunction(
  reader: SysfsReader,
  names: PciNames,
  pciAddress: PciAddress,
): NetworkFunction | null {
  const device = `${PCI_DEVICES}/${pciAddress}`;
  if (reader.link(`${device}/physfn`) !== null || !isNetworkFunction(reader, pciAddress)) return null;
  const vendorId = parseOrNull(parsePciId, reader.text(`${device}/vendor`));
  const productId = parseOrNull(parsePciId, reader.text(`${device}/device`));
  if (vendorId === null || productId === null) return null;
  const driver = reader.linkName(`${device}/driver`);
  return {
    pciAddress,
    vendorId,
    productId,
    ...names.find(vendorId, productId),
    driver,
    totalVfs: parseCount(reader.text(`${device}/sriov_totalvfs`)),
    capability: parseSriovCapability(reader.bytes(`${device}/config`, CONFIG_SPACE)),
    modules: driver === null ? findModules(reader, vendorId, productId) : [],
  };
}

/** `alias pci:v00008086d000010C9sv*sd*bc*sc*i* igb` in modules.alias, as modprobe reads it. */
function findModules(reader: SysfsReader, vendorId: PciId, productId: PciId): readonly string[] {
  const release = readKernelRelease(reader);
  if (release === null) return [];
  const aliases = reader.text(`/lib/modules/${release}/modules.alias`, ALIASES_LIMIT) ?? '';
  const mark = `alias pci:v0000${vendorId.toUpperCase()}d0000${productId.toUpperCase()}sv`;
  const modules = new Set<string>();
  for (let at = aliases.indexOf(mark); at !== -1; at = aliases.indexOf(mark, at + mark.length)) {
    const module = /^\S+ \S+ ([\w-]+)$/m.exec(aliases.slice(at, at + 200))?.[1];
    if (module !== undefined) modules.add(module);
  }
  return [...modules].toSorted();
}
