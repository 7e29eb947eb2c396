import { type PciAddress, type PciId, parsePciId } from '@virtfn/model';
import { parseCount, parseOrNull } from '../../sysfs/parse-values.ts';
import { type PciName, PciNames } from '../../sysfs/pci-names.ts';
import { isNetworkFunction } from '../../sysfs/read-pfs.ts';
import { PCI_DEVICES } from '../../sysfs/read-vfs.ts';
import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';
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

const CONFIG_SPACE = 4096;
/** The file has 1.2 MB on Debian. */
const ALIASES_LIMIT = 32 << 20;

export function readNetworkFunctions(
  reader: SysfsReader,
  addresses: readonly PciAddress[],
  release: string | null,
): readonly NetworkFunction[] {
  const names = new PciNames(reader);
  return addresses
    .map((pciAddress) => readNetworkFunction(reader, names, pciAddress, release))
    .filter((each) => each !== null);
}

function readNetworkFunction(
  reader: SysfsReader,
  names: PciNames,
  pciAddress: PciAddress,
  release: string | null,
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
    modules: driver === null && release !== null ? findModules(reader, release, vendorId, productId) : [],
  };
}

/** `alias pci:v00008086d000010C9sv*sd*bc*sc*i* igb` in modules.alias, as modprobe reads it. */
function findModules(
  reader: SysfsReader,
  release: string,
  vendorId: PciId,
  productId: PciId,
): readonly string[] {
  const aliases = reader.text(`/lib/modules/${release}/modules.alias`, ALIASES_LIMIT) ?? '';
  const mark = `alias pci:v0000${vendorId.toUpperCase()}d0000${productId.toUpperCase()}sv`;
  const modules = new Set<string>();
  for (let at = aliases.indexOf(mark); at !== -1; at = aliases.indexOf(mark, at + mark.length)) {
    const module = /^\S+ \S+ ([\w-]+)$/m.exec(aliases.slice(at, at + 200))?.[1];
    if (module !== undefined) modules.add(module);
  }
  return [...modules].toSorted();
}
