import path from 'node:path/posix';
import {
  type PciAddress,
  type PciId,
  parsePciAddress,
  parsePciId,
  pciAddressParts,
  SriovError,
} from '@virtfn/model';
import { parseCount, parseHex, parseOrNull } from '../sysfs/parse-values.ts';
import { PciNames } from '../sysfs/pci-names.ts';
import { PCI_DEVICES } from '../sysfs/read-vfs.ts';
import { SysfsReader } from '../sysfs/sysfs-reader.ts';
import { type PciExpressLink, parsePciExpress } from './pci-express.ts';
import { type Element, element, formatXml } from './xml.ts';

const CONFIG_SPACE = 4096;

/**
 * One PCI function as `virsh nodedev-dumpxml` prints it (libvirt's node_device_conf.c), without the vital product data
 * of a PF.
 *
 * @param root `/`, or a folder with a copy of another machine's `/sys`
 * @param name PCI address, or libvirt's name: `pci_0000_82_10_1`
 * @throws {SriovError} PCI_ADDRESS_INVALID, DEVICE_UNKNOWN
 */
export function describeNodeDevice(root: string, name: string): string {
  return describeNodeDeviceWith(new SysfsReader(root), name);
}

/** As describeNodeDevice, with a reader that has read nothing before the moment it shall tell of. */
export function describeNodeDeviceWith(reader: SysfsReader, name: string): string {
  const address = parsePciAddress(
    name.replace(/^pci_([0-9a-f]{4,8})_([0-9a-f]{2})_([0-9a-f]{2})_([0-7])$/, '$1:$2:$3.$4'),
  );
  const link = reader.link(`${PCI_DEVICES}/${address}`);
  if (link === null) {
    throw new SriovError('DEVICE_UNKNOWN', `Cannot describe ${address}: there is no such PCI function`, {
      details: { address },
    });
  }
  const place = path.resolve(PCI_DEVICES, link);
  const driver = reader.linkName(`${place}/driver`);
  return formatXml(
    element('device', {}, [
      element('name', {}, nameOf(address)),
      element('path', {}, place),
      element('parent', {}, parentOf(place)),
      ...(driver === null ? [] : [element('driver', {}, [element('name', {}, driver)])]),
      pciCapability(reader, place, address),
    ]),
  );
}

function nameOf(address: PciAddress): string {
  return `pci_${address.replaceAll(/[:.]/g, '_')}`;
}

/** What it hangs on; below the host bridge that is the machine. */
function parentOf(place: string): string {
  const parent = parseOrNull(parsePciAddress, path.basename(path.dirname(place)));
  return parent === null ? 'computer' : nameOf(parent);
}

function pciCapability(reader: SysfsReader, place: string, address: PciAddress): Element {
  const { domain, bus, device, function: func } = pciAddressParts(address);
  const klass = parseHex(reader.text(`${place}/class`));
  const numaNode = parseCount(reader.text(`${place}/numa_node`));
  const express = parsePciExpress(reader.bytes(`${place}/config`, CONFIG_SPACE));
  return element('capability', { type: 'pci' }, [
    ...(klass === null ? [] : [element('class', {}, hex(klass, 6))]),
    element('domain', {}, String(domain)),
    element('bus', {}, String(bus)),
    element('slot', {}, String(device)),
    element('function', {}, String(func)),
    ...ids(reader, place),
    ...sriov(reader, place),
    ...iommuGroup(reader, place),
    ...(numaNode === null ? [] : [element('numa', { node: String(numaNode) }, [])]),
    ...(express === null ? [] : [element('pci-express', {}, express.map(linkElement))]),
  ]);
}

function ids(reader: SysfsReader, place: string): readonly Element[] {
  const vendorId = parseOrNull(parsePciId, reader.text(`${place}/vendor`));
  const productId = parseOrNull(parsePciId, reader.text(`${place}/device`));
  if (vendorId === null || productId === null) return [];
  const names = new PciNames(reader).find(vendorId, productId);
  const named = (tag: string, id: PciId, name: string): Element => element(tag, { id: `0x${id}` }, name);
  return [named('product', productId, names.productName), named('vendor', vendorId, names.vendorName)];
}

/** A VF names its PF; a PF its VFs, and how many it could have. */
function sriov(reader: SysfsReader, place: string): readonly Element[] {
  const pf = parseOrNull(parsePciAddress, reader.linkName(`${place}/physfn`));
  if (pf !== null) return [element('capability', { type: 'phys_function' }, [addressElement(pf)])];
  const maxCount = parseCount(reader.text(`${place}/sriov_totalvfs`));
  if (maxCount === null) return [];
  const vfs = Array.from({ length: parseCount(reader.text(`${place}/sriov_numvfs`)) ?? 0 }, (_, index) =>
    parseOrNull(parsePciAddress, reader.linkName(`${place}/virtfn${index}`)),
  ).filter((vf) => vf !== null);
  return [
    element('capability', { type: 'virt_functions', maxCount: String(maxCount) }, vfs.map(addressElement)),
  ];
}

function iommuGroup(reader: SysfsReader, place: string): readonly Element[] {
  const number = reader.linkName(`${place}/iommu_group`);
  if (number === null) return [];
  const members = (reader.list(`${place}/iommu_group/devices`) ?? [])
    .map((each) => parseOrNull(parsePciAddress, each))
    .filter((each) => each !== null)
    .toSorted();
  return [element('iommuGroup', { number }, members.map(addressElement))];
}

function addressElement(address: PciAddress): Element {
  const { domain, bus, device, function: func } = pciAddressParts(address);
  return element(
    'address',
    { domain: hex(domain, 4), bus: hex(bus, 2), slot: hex(device, 2), function: hex(func, 1) },
    [],
  );
}

function linkElement({ validity, port, speed, width }: PciExpressLink): Element {
  return element(
    'link',
    {
      validity,
      ...(port === null ? {} : { port: String(port) }),
      ...(speed === null ? {} : { speed }),
      width: String(width),
    },
    [],
  );
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
