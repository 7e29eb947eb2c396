import {
  comparePciAddresses,
  type PciAddress,
  type PhysicalFunction,
  parsePciAddress,
  parsePciId,
} from '@virtfn/model';
import { isOnDefaultRoute, readDefaultRouteNetdevs } from './default-route.ts';
import { DeviceHolders } from './device-holders.ts';
import { readLinkState, readPfNetdevs } from './netdevs.ts';
import { parseCount, parseHex, parseOrNull } from './parse-values.ts';
import { PciNames } from './pci-names.ts';
import { hasRdma, PCI_DEVICES, readMac, readMacvtaps, readVfs, type Surroundings } from './read-vfs.ts';
import { readSerialNumber } from './serial-number.ts';
import { SysfsReader } from './sysfs-reader.ts';

/** sriov_numvfs is a u16 (K1). */
const MOST_VFS = 0xffff;

interface Machine extends Surroundings {
  readonly names: PciNames;
  readonly defaultRoute: ReadonlySet<string>;
}

/** Reads the PFs of network cards below a root, in the order of `lspci`, each with its VFs. */
export function readPfs(root: string): readonly PhysicalFunction[] {
  return readPfsWith(new SysfsReader(root));
}

/** As readPfs, with a reader that has read nothing before the moment it shall tell of. */
export function readPfsWith(reader: SysfsReader): readonly PhysicalFunction[] {
  const addresses = listPciAddresses(reader);
  const machine = aroundPfs(reader, addresses);
  const pfs: PhysicalFunction[] = [];
  // VFs stand behind their PF, so most functions of a busy machine are known as VFs when their turn comes.
  const vfs = new Set<PciAddress>();
  for (const pciAddress of addresses) {
    const pf = vfs.has(pciAddress) ? null : readPf(machine, pciAddress);
    if (pf === null) continue;
    pfs.push(pf);
    for (const vf of pf.vfs) vfs.add(vf.pciAddress);
  }
  return pfs;
}

/**
 * One PF, read as readPfsWith reads all of them; null when there is none at this address.
 *
 * @param onlyVf of its VFs this one alone, if it is there
 */
export function readPfAt(
  reader: SysfsReader,
  pciAddress: PciAddress,
  onlyVf: number | null = null,
): PhysicalFunction | null {
  return readPf(aroundPfs(reader, listPciAddresses(reader)), pciAddress, onlyVf);
}

function aroundPfs(reader: SysfsReader, addresses: readonly PciAddress[]): Machine {
  return {
    reader,
    addresses: new Set(addresses),
    holders: new DeviceHolders(reader),
    macvtaps: readMacvtaps(reader),
    hasRdma: hasRdma(reader),
    names: new PciNames(reader),
    defaultRoute: readDefaultRouteNetdevs(reader),
  };
}

/** All functions on the PCI bus, in the order of `lspci`; empty without a PCI bus. */
export function listPciAddresses(reader: SysfsReader): readonly PciAddress[] {
  return (reader.list(PCI_DEVICES) ?? [])
    .map((name) => parseOrNull(parsePciAddress, name))
    .filter((address) => address !== null)
    .toSorted(comparePciAddresses);
}

/** Whether a function is that of a network card, by its PCI class: Ethernet 0200, InfiniBand 0207, others 0280. */
export function isNetworkFunction(reader: SysfsReader, pciAddress: PciAddress): boolean {
  const pciClass = parseHex(reader.text(`${PCI_DEVICES}/${pciAddress}/class`));
  return pciClass !== null && pciClass >>> 16 === 0x02;
}

/** null for all that is no PF of a network card, or that went away while it was read. */
function readPf(
  machine: Machine,
  pciAddress: PciAddress,
  onlyVf: number | null = null,
): PhysicalFunction | null {
  const { reader } = machine;
  const device = `${PCI_DEVICES}/${pciAddress}`;
  if (!reader.has(`${device}/sriov_totalvfs`) || !isNetworkFunction(reader, pciAddress)) return null;
  const file = (name: string): string | null => reader.text(`${device}/${name}`);
  const vendorId = parseOrNull(parsePciId, file('vendor'));
  const productId = parseOrNull(parsePciId, file('device'));
  const totalVfs = parseCount(file('sriov_totalvfs'));
  // Kernels with commit 35ff867b7657 (from 5.4 on, taken back in 2024) lock the device to read this one: it waits for
  // a change of the VF count that is under way, for ever if that one does (K4).
  const numVfs = parseCount(file('sriov_numvfs'));
  if (vendorId === null || productId === null || totalVfs === null) return null;
  if (numVfs === null || numVfs > MOST_VFS) return null;
  const vfOffset = parseCount(file('sriov_offset')) ?? 0;
  const vfStride = parseCount(file('sriov_stride')) ?? 0;
  const { own: netdevName, vfRepresentors } = readPfNetdevs(reader, device);
  const net = (name: string): string | null =>
    netdevName === null ? null : reader.text(`/sys/class/net/${netdevName}/${name}`);
  const { adminUp, carrier } = readLinkState(reader, netdevName);
  const vfs = readVfs(machine, { pciAddress, numVfs, vfOffset, vfStride, vfRepresentors }, onlyVf);
  return {
    pciAddress,
    vendorId,
    productId,
    ...machine.names.find(vendorId, productId),
    driver: reader.linkName(`${device}/driver`),
    netdevName,
    mac: netdevName === null ? null : readMac(reader, netdevName),
    adminUp,
    carrier,
    linkMbps: carrier ? parseCount(net('speed')) : null,
    mtu: parseCount(net('mtu')),
    numaNode: parseCount(file('numa_node')),
    iommuGroup: parseCount(reader.linkName(`${device}/iommu_group`)),
    totalVfs,
    numVfs,
    vfOffset,
    vfStride,
    vfProductId: parseOrNull(parsePciId, file('sriov_vf_device')),
    // Kernels before 4.12 have no such file and always bind.
    driversAutoprobe: file('sriov_drivers_autoprobe') !== '0',
    // Only devlink tells the mode; VF representors are there in switchdev mode only.
    eswitchMode: vfRepresentors.size > 0 ? 'switchdev' : null,
    carriesDefaultRoute: [netdevName, ...vfs.map((vf) => vf.netdevName)].some((name) =>
      isOnDefaultRoute(reader, machine.defaultRoute, name),
    ),
    serial: readSerialNumber(reader, device),
    // The driver tells it, by ioctl and devlink.
    firmware: null,
    // Only netlink tells it.
    fdb: [],
    refusedAttributes: [],
    vfs,
  };
}
