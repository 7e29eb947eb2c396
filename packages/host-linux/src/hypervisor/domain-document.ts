import {
  type InterfaceSource,
  type ObservedInterface,
  parseMacAddress,
  parseNetdevName,
  parsePciAddress,
  type PciAddress,
  SriovError,
  type Teaming,
} from '@virtfn/model';
import { parseXml, XmlElement, XmlError, type XmlNode } from '@rgrove/parse-xml';

/** What is read of a domain's document. */
export interface DomainDocument {
  readonly interfaces: readonly ObservedInterface[];
  /** Whether another device that is plugged into a running machine finds a slot; null: a machine of another kind. */
  readonly hasFreeSlot: boolean | null;
}

/**
 * Reads what virtfn knows of a domain's document; the rest may be what it likes.
 *
 * @throws {SriovError} HYPERVISOR_REFUSED when it is not a document of a domain
 */
export function readDomainDocument(xml: string, whose = 'a virtual machine'): DomainDocument {
  const { devices } = parseDomain(xml, whose);
  return {
    interfaces: devices.map(readDevice).filter((each) => each !== null),
    hasFreeSlot: hasFreeSlot(devices),
  };
}

/**
 * Parses a domain's document, each element with its place in it: in code units of the text, which the parser calls bytes.
 *
 * @throws {SriovError} HYPERVISOR_REFUSED when it is not a document of a domain
 */
export function parseDomain(
  xml: string,
  whose = 'a virtual machine',
): { readonly devices: readonly XmlElement[] } {
  try {
    const { root } = parseXml(xml, { includeOffsets: true });
    if (root?.name !== 'domain') throw broken(whose, `it begins with <${root?.name}>`);
    const devices = child(root, 'devices');
    return { devices: devices === null ? [] : elements(devices) };
  } catch (error) {
    if (error instanceof XmlError) throw broken(whose, error.message);
    throw error;
  }
}

/** A device that may be an interface of ours; null: one of another kind. */
export function readDevice(element: XmlElement): ObservedInterface | null {
  if (element.name === 'interface') return readInterface(element);
  return element.name === 'hostdev' && element.attributes['type'] === 'pci' ? readHostdev(element) : null;
}

function broken(whose: string, why: string): SriovError {
  return new SriovError('HYPERVISOR_REFUSED', `Cannot read the document of ${whose}: ${why}`);
}

function readInterface(element: XmlElement): ObservedInterface {
  return {
    alias: attribute(element, 'alias', 'name'),
    mac: parseOrNull(parseMacAddress, attribute(element, 'mac', 'address')),
    vlanId: readVlan(element),
    source: readSource(element),
    teaming: readTeaming(element),
  };
}

/** A device given away whole: libvirt sets no MAC and no VLAN for it. */
function readHostdev(element: XmlElement): ObservedInterface {
  const pciAddress = readPciAddress(element);
  return {
    alias: attribute(element, 'alias', 'name'),
    mac: null,
    vlanId: null,
    source: pciAddress === null ? null : { kind: 'pci-device', pciAddress },
    teaming: readTeaming(element),
  };
}

function readSource(element: XmlElement): InterfaceSource | null {
  switch (element.attributes['type']) {
    case 'hostdev': {
      const pciAddress = readPciAddress(element);
      return pciAddress === null ? null : { kind: 'vf', pciAddress };
    }
    case 'direct': {
      const netdevName = parseOrNull(parseNetdevName, attribute(element, 'source', 'dev'));
      const isPassthrough = attribute(element, 'source', 'mode') === 'passthrough';
      return netdevName === null || !isPassthrough ? null : { kind: 'macvtap', netdevName };
    }
    case 'bridge': {
      const bridge = parseOrNull(parseNetdevName, attribute(element, 'source', 'bridge'));
      if (bridge === null) return null;
      const port = child(element, 'virtualport');
      if (port?.attributes['type'] !== 'openvswitch') return { kind: 'bridge', bridge };
      return { kind: 'ovs', bridge, interfaceId: attribute(port, 'parameters', 'interfaceid') };
    }
    default:
      return null;
  }
}

/** One tag that is not 0, which Nova writes for a flat network. */
function readVlan(element: XmlElement): number | null {
  const vlan = child(element, 'vlan');
  const id = vlan === null ? Number.NaN : Number(attribute(vlan, 'tag', 'id'));
  return Number.isInteger(id) && id > 0 ? id : null;
}

function readTeaming(element: XmlElement): Teaming | null {
  const type = attribute(element, 'teaming', 'type');
  if (type === 'persistent') return { kind: 'persistent' };
  const persistent = attribute(element, 'teaming', 'persistent');
  return type === 'transient' && persistent !== null ? { kind: 'transient', persistent } : null;
}

function readPciAddress(element: XmlElement): PciAddress | null {
  const source = child(element, 'source');
  return source === null ? null : pciAddressOf(child(source, 'address'));
}

function pciAddressOf(address: XmlElement | null): PciAddress | null {
  if (address === null) return null;
  const part = (name: string, digits: number): string =>
    Number(address.attributes[name] ?? '0')
      .toString(16)
      .padStart(digits, '0');
  const text = `${part('domain', 4)}:${part('bus', 2)}:${part('slot', 2)}.${part('function', 1)}`;
  return parseOrNull(parsePciAddress, text);
}

/**
 * A device is hot-plugged into a PCIe port of its own. Machines with a plain PCI bus (i440fx) have room in it, and are not
 * counted.
 */
function hasFreeSlot(devices: readonly XmlElement[]): boolean | null {
  const ports = devices.filter(
    (each) =>
      each.name === 'controller' &&
      each.attributes['type'] === 'pci' &&
      /^pcie-(?:root|switch-downstream)-port$/.test(each.attributes['model'] ?? ''),
  );
  if (ports.length === 0) return null;
  const taken = new Set(
    devices.flatMap((each) => {
      const address = child(each, 'address');
      if (address === null || address.attributes['type'] !== 'pci') return [];
      return [Number(address.attributes['bus'])];
    }),
  );
  return ports.some((port) => !taken.has(Number(port.attributes['index'])));
}

function elements(parent: XmlElement): readonly XmlElement[] {
  return parent.children.filter((node: XmlNode) => node instanceof XmlElement);
}

function child(parent: XmlElement, name: string): XmlElement | null {
  return elements(parent).find((each) => each.name === name) ?? null;
}

function attribute(parent: XmlElement, name: string, key: string): string | null {
  return child(parent, name)?.attributes[key] ?? null;
}

function parseOrNull<Value>(parse: (text: string) => Value, text: string | null): Value | null {
  if (text === null) return null;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof SriovError) return null;
    throw error;
  }
}
