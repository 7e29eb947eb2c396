import path from 'node:path/posix';
import {
  type MacAddress,
  type NetdevName,
  type PciAddress,
  parseMacAddress,
  parseNetdevName,
  parsePciAddress,
  type VfUser,
  type VirtualFunction,
  vfPciAddress,
  isVfioDriver,
} from '@virtfn/model';
import type { DeviceHolders, Holder } from './device-holders.ts';
import { readNetdevNames } from './netdevs.ts';
import { parseCount, parseOrNull, printable } from './parse-values.ts';
import type { SysfsReader } from './sysfs-reader.ts';

export const PCI_DEVICES = '/sys/bus/pci/devices';

/** What the VFs of one PF are found by. */
export interface VfLayout {
  readonly pciAddress: PciAddress;
  readonly numVfs: number;
  readonly vfOffset: number;
  readonly vfStride: number;
  readonly vfRepresentors: ReadonlyMap<number, NetdevName>;
}

/** The machine around the VFs, read once for all of them. */
export interface Surroundings {
  readonly reader: SysfsReader;
  readonly holders: DeviceHolders;
  /** All PCI functions. */
  readonly addresses: ReadonlySet<string>;
  /** Netdevs that are macvtaps. On most machines there are none, and nobody need look for them on each VF. */
  readonly macvtaps: ReadonlySet<string>;
  /** Whether any device can do RDMA. On most machines none can, and nobody need look for it on each VF. */
  readonly hasRdma: boolean;
}

/** Reads the VFs that are there, or one of them. One that is counted but has no folder yet is left out, so that its neighbours show. */
export function readVfs(
  around: Surroundings,
  pf: VfLayout,
  onlyVf: number | null = null,
): readonly VirtualFunction[] {
  const names = new Set(around.reader.list(`${PCI_DEVICES}/${pf.pciAddress}`));
  const seen = new Set<PciAddress>([pf.pciAddress]);
  const vfs: VirtualFunction[] = [];
  for (let vfIndex = 0; vfIndex < pf.numVfs; vfIndex += 1) {
    if (onlyVf !== null && vfIndex !== onlyVf) continue;
    const pciAddress = findLinkedVf(around, pf, names, vfIndex) ?? findVfByLayout(around, pf, vfIndex);
    // Two VFs at one address: the VFs are being made anew, and offset and stride are those of the former number (K5).
    if (pciAddress === null || seen.has(pciAddress)) continue;
    seen.add(pciAddress);
    vfs.push(readVf(around, pf, vfIndex, pciAddress));
  }
  return vfs;
}

/** `names`: what is in the PF's folder. */
function findLinkedVf(
  { reader }: Surroundings,
  { pciAddress }: VfLayout,
  names: ReadonlySet<string>,
  vfIndex: number,
): PciAddress | null {
  const link = `virtfn${vfIndex}`;
  if (!names.has(link)) return null;
  return parseOrNull(parsePciAddress, reader.linkName(`${PCI_DEVICES}/${pciAddress}/${link}`));
}

/** The kernel makes the VF's folder first and its virtfn link later, so the layout tells where to look meanwhile. */
function findVfByLayout({ addresses }: Surroundings, pf: VfLayout, vfIndex: number): PciAddress | null {
  const { pciAddress, vfOffset, vfStride } = pf;
  if (vfOffset === 0) return null;
  const vf = parseOrNull(() => vfPciAddress(pciAddress, vfOffset, vfStride, vfIndex), '');
  return vf !== null && addresses.has(vf) ? vf : null;
}

function readVf(
  around: Surroundings,
  pf: VfLayout,
  vfIndex: number,
  pciAddress: PciAddress,
): VirtualFunction {
  const { reader } = around;
  const device = `${PCI_DEVICES}/${pciAddress}`;
  const driver = reader.linkName(`${device}/driver`);
  const iommuGroup = parseCount(reader.linkName(`${device}/iommu_group`));
  const isVfio = driver !== null && isVfioDriver(driver);
  // Without a kernel driver there is no netdev to look for.
  const { netdevs, netdevName, effectiveMac } =
    driver === null || isVfio ? NO_NETDEV : readVfNetdev(reader, device);
  return {
    vfIndex,
    pciAddress,
    driver,
    netdevName,
    effectiveMac,
    mtu: netdevName === null ? null : parseCount(reader.text(`/sys/class/net/${netdevName}/mtu`)),
    // sysfs does not show them: not known until netlink is asked.
    settings: null,
    users: [
      ...(isVfio ? vfioUsers(around, device, iommuGroup) : []),
      ...(netdevs?.length === 0 ? [NAMESPACE_UNKNOWN] : []),
      ...(netdevName === null ? [] : macvtapUsers(around, netdevName)),
      ...(driver === null || isVfio ? [] : rdmaUsers(around, device)),
    ],
    vfRepresentor: pf.vfRepresentors.get(vfIndex) ?? null,
    iommuGroup,
    attachmentId: null,
  };
}

interface VfNetdev {
  /** null: the driver has none. */
  readonly netdevs: readonly NetdevName[] | null;
  readonly netdevName: NetdevName | null;
  readonly effectiveMac: MacAddress | null;
}

const NO_NETDEV: VfNetdev = { netdevs: null, netdevName: null, effectiveMac: null };
const MOST_TRIES = 5;

/**
 * The VF's own netdev. udev renames it a moment after it appeared, and files are found by name: one that is gone when
 * its address is read is looked for again under its new name (pain 17).
 */
function readVfNetdev(reader: SysfsReader, device: string): VfNetdev {
  let found = NO_NETDEV;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const netdevs = readNetdevNames(reader, device);
    const netdevName = netdevs?.[0] ?? null;
    found = { netdevs, netdevName, effectiveMac: netdevName === null ? null : readMac(reader, netdevName) };
    if (netdevName === null || found.effectiveMac !== null || reader.has(`/sys/class/net/${netdevName}`))
      break;
  }
  return found;
}

/**
 * A `net` folder without a netdev: the VF has one, but it was moved to a network namespace, whose netdevs this view of
 * sysfs does not show. Its name is not in sysfs either.
 */
const NAMESPACE_UNKNOWN: VfUser = { kind: 'network-namespace', name: '(name not known)' };

export function readMac(reader: SysfsReader, netdevName: NetdevName): MacAddress | null {
  return parseOrNull(parseMacAddress, reader.text(`/sys/class/net/${netdevName}/address`));
}

/** QEMU opens the group, or the VF's own file where it uses iommufd. */
function vfioUsers(around: Surroundings, device: string, iommuGroup: number | null): readonly VfUser[] {
  const files = [
    ...(iommuGroup === null ? [] : [`/dev/vfio/${iommuGroup}`, `/dev/vfio/noiommu-${iommuGroup}`]),
    ...(around.reader.list(`${device}/vfio-dev`) ?? []).map((name) => `/dev/vfio/devices/${name}`),
  ];
  const holders = new Set<Holder>(files.flatMap((file) => around.holders.of(file)));
  return [...holders].map(({ process, vm }) => ({ kind: 'vfio', process, vm }));
}

/** The kernel links an interface to each one on top of it: `upper_macvtap0`. The name alone does not tell its kind. */
function macvtapUsers(around: Surroundings, netdevName: NetdevName): readonly VfUser[] {
  const { reader, macvtaps } = around;
  if (macvtaps.size === 0) return [];
  return (reader.list(`/sys/class/net/${netdevName}`) ?? [])
    .filter((name) => name.startsWith('upper_'))
    .map((name) => name.slice('upper_'.length))
    .filter((name) => macvtaps.has(name))
    .toSorted()
    .map((name) => parseOrNull(parseNetdevName, name))
    .filter((name) => name !== null)
    .map((name) => ({ kind: 'macvtap', netdevName: name, vm: macvtapVm(around, name) }));
}

/** The character device of a macvtap carries its interface number. */
function macvtapVm({ reader, holders }: Surroundings, netdevName: NetdevName): string | null {
  const ifIndex = parseCount(reader.text(`/sys/class/net/${netdevName}/ifindex`));
  return holders.of(`/dev/tap${ifIndex}`).find(({ vm }) => vm !== null)?.vm ?? null;
}

/** /sys/class/macvtap links `tap7` to `…/net/NETDEV/macvtap/tap7`. */
export function readMacvtaps(reader: SysfsReader): ReadonlySet<string> {
  const folder = '/sys/class/macvtap';
  const targets = (reader.list(folder) ?? []).map((name) => reader.link(`${folder}/${name}`) ?? '');
  return new Set(targets.map((target) => path.basename(path.dirname(path.dirname(target)))));
}

/** Of devices in all network namespaces: `uverbs0`, beside `abi_version`. */
export function hasRdma(reader: SysfsReader): boolean {
  return reader.list('/sys/class/infiniband_verbs')?.some((name) => UVERBS.test(name)) === true;
}

const UVERBS = /^uverbs\d+$/;

/**
 * Every VF of some drivers has an RDMA device, which by itself means nothing. It is in use when a process has its verbs
 * open, or when it was moved to a network namespace: then this view of sysfs shows an empty `infiniband` folder
 * (ib_class has namespaces, uverbs_class has none; drivers/infiniband/core).
 */
function rdmaUsers(around: Surroundings, device: string): readonly VfUser[] {
  const { reader, holders } = around;
  if (!around.hasRdma) return [];
  const verbs = (reader.list(`${device}/infiniband_verbs`) ?? []).filter((name) => UVERBS.test(name));
  const shown = reader.list(`${device}/infiniband`);
  const used = verbs.filter(
    (name) => shown?.length === 0 || holders.of(`/dev/infiniband/${name}`).length > 0,
  );
  return used.toSorted().map((name) => {
    const rdmaDevice = printable(reader.text(`${device}/infiniband_verbs/${name}/ibdev`) ?? '');
    return { kind: 'rdma', device: rdmaDevice === '' ? name : rdmaDevice };
  });
}
