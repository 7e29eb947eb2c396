import { SriovError } from '../errors/index.ts';
import { type PciAddress, pciAddressParts } from './pci-address.ts';
import type { PciId } from './pci-id.ts';

// Nova's `[pci] device_spec`: which functions of a host may be given out, and with which tags (nova/pci/devspec.py).

/** What a specification looks at. */
export interface DeviceFacts {
  readonly pciAddress: PciAddress;
  /** The PF of a VF; null for a PF. */
  readonly pf: PciAddress | null;
  readonly vendorId: PciId;
  readonly productId: PciId;
  /** The interface of the PF: of this one, or of this VF's. */
  readonly pfNetdevName: string | null;
}

export interface DeviceSpec {
  readonly matches: (device: DeviceFacts) => boolean;
  readonly tags: Readonly<Record<string, string>>;
}

const KEYS: ReadonlySet<string> = new Set(['vendor_id', 'product_id', 'address', 'devname']);
const LIMITS = { domain: 0xffff, bus: 0xff, slot: 0x1f, function: 7 } as const;
type Part = keyof typeof LIMITS;
const PARTS = Object.keys(LIMITS) as readonly Part[];

function refuse(spec: unknown, why: string): never {
  throw new SriovError(
    'CONFIG_INVALID',
    `Cannot read device specification ${JSON.stringify(spec)?.slice(0, 200)}: ${why}`,
    { hint: 'It is written as the device_spec of Nova: vendor_id, product_id, address or devname, and tags' },
  );
}

/**
 * Parses device specifications: one, or a list.
 *
 * @throws {SriovError} CONFIG_INVALID
 */
export function parseDeviceSpecs(value: unknown): readonly DeviceSpec[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map(parseSpec);
}

function parseSpec(value: unknown): DeviceSpec {
  if (typeof value !== 'object' || value === null) return refuse(value, 'it is no object');
  const spec = value as Readonly<Record<string, unknown>>;
  if (spec['address'] !== undefined && spec['devname'] !== undefined)
    return refuse(spec, 'address and devname exclude each other');
  const vendor = parseId(spec, 'vendor_id');
  const product = parseId(spec, 'product_id');
  const isThere = parsePlace(spec);
  const tags: Record<string, string> = {};
  for (const [key, tag] of Object.entries(spec)) {
    if (KEYS.has(key)) continue;
    if (typeof tag !== 'string' && typeof tag !== 'boolean') return refuse(spec, `tag ${key} is no text`);
    tags[key] = String(tag);
  }
  return {
    tags,
    matches: (device) =>
      (vendor === null || vendor === device.vendorId) &&
      (product === null || product === device.productId) &&
      isThere(device),
  };
}

/** null: any. */
function parseId(spec: Readonly<Record<string, unknown>>, key: string): string | null {
  const id = spec[key];
  if (id === undefined || id === '*') return null;
  if (typeof id === 'string' && /^(0x)?[0-9a-f]{1,4}$/i.test(id))
    return Number.parseInt(id.replace(/^0x/i, ''), 16).toString(16).padStart(4, '0');
  return refuse(spec, `${key} is not four hexadecimal digits`);
}

type Place = DeviceSpec['matches'];

function parsePlace(spec: Readonly<Record<string, unknown>>): Place {
  const { address, devname } = spec;
  if (typeof devname === 'string') return ({ pfNetdevName }) => pfNetdevName === devname;
  if (address === undefined) return () => true;
  if (typeof address === 'string') return parseGlob(spec, address);
  if (typeof address === 'object' && address !== null)
    return parsePatterns(spec, address as Readonly<Record<string, unknown>>);
  return refuse(spec, 'address is neither text nor an object');
}

/** `[[[domain]:]bus]:slot[.function]`, `*` or nothing for any. */
function parseGlob(spec: unknown, address: string): Place {
  const [place = '', func = '', ...more] = address.split('.');
  const groups = place.split(':');
  if (more.length > 0 || groups.length > 3) return refuse(spec, `"${address}" is no PCI address`);
  const [slot = '', bus = '', domain = ''] = groups.toReversed();
  const texts: Readonly<Record<Part, string>> = { domain, bus, slot, function: func };
  const wanted = PARTS.map((part): readonly [Part, number | null] => {
    const text = texts[part];
    if (text === '' || text === '*') return [part, null];
    const number = /^[0-9a-f]{1,4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
    if (!(number <= LIMITS[part])) return refuse(spec, `${part} "${text}" is out of range`);
    return [part, number];
  });
  const isOne = wanted.every(([, number]) => number !== null);
  const fits = (pciAddress: PciAddress): boolean => {
    const parts = partsOf(pciAddress);
    return wanted.every(([part, number]) => number === null || number === parts[part]);
  };
  // A single address that is a PF's means its VFs as well.
  return isOne
    ? ({ pciAddress, pf }) => fits(pciAddress) || (pf !== null && fits(pf))
    : ({ pciAddress }) => fits(pciAddress);
}

/** A regular expression for each part, anchored at its start only, as Python's re.match is. */
function parsePatterns(spec: unknown, address: Readonly<Record<string, unknown>>): Place {
  const patterns = PARTS.map((part): readonly [Part, RegExp] => {
    const text = address[part] ?? '.*';
    if (typeof text !== 'string' || text.length > 100) return refuse(spec, `address.${part} is no pattern`);
    try {
      return [part, new RegExp(`^(?:${text})`)];
    } catch {
      return refuse(spec, `address.${part} "${text}" is no regular expression`);
    }
  });
  const digits: Readonly<Record<Part, number>> = { domain: 4, bus: 2, slot: 2, function: 1 };
  return ({ pciAddress }) => {
    const parts = partsOf(pciAddress);
    return patterns.every(([part, pattern]) =>
      pattern.test(parts[part].toString(16).padStart(digits[part], '0')),
    );
  };
}

function partsOf(address: PciAddress): Readonly<Record<Part, number>> {
  const { domain, bus, device, function: func } = pciAddressParts(address);
  return { domain, bus, slot: device, function: func };
}
