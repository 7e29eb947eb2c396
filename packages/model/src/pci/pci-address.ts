import type { Branded } from '../brand.ts';
import { SriovError } from '../errors/index.ts';

/** A PCI address (domain, bus, device, function) in the kernel's spelling, lower case: `0000:82:10.1`. */
export type PciAddress = Branded<string, 'PciAddress'>;

const PCI_ADDRESS = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/;

/**
 * Parses a PCI address. The domain may be left out and is then 0000; upper case is accepted.
 *
 * @throws {SriovError} PCI_ADDRESS_INVALID
 */
export function parsePciAddress(text: string): PciAddress {
  const match = PCI_ADDRESS.exec(text.toLowerCase());
  if (match === null) {
    throw new SriovError('PCI_ADDRESS_INVALID', `Cannot read PCI address: found "${text.slice(0, 64)}"`, {
      details: { found: text.slice(0, 64) },
    });
  }
  const [, domain = '0000', bus, device, func] = match;
  return `${domain}:${bus}:${device}.${func}` as PciAddress;
}

/** The numbers of a PCI address. `domain` may exceed 16 bits behind some host bridges (Intel VMD). */
export interface PciAddressParts {
  readonly domain: number;
  readonly bus: number;
  readonly device: number;
  readonly function: number;
}

export function pciAddressParts(address: PciAddress): PciAddressParts {
  const colon = address.indexOf(':');
  return {
    domain: Number.parseInt(address.slice(0, colon), 16),
    bus: Number.parseInt(address.slice(colon + 1, colon + 3), 16),
    device: Number.parseInt(address.slice(colon + 4, colon + 6), 16),
    function: Number.parseInt(address.slice(colon + 7), 16),
  };
}

/** Puts the routing id (bus, device, function in 16 bits) behind a domain in the kernel's spelling. */
function pciAddressOfRoutingId(domain: string, routingId: number): PciAddress {
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  return `${domain}:${hex(routingId >> 8)}:${hex((routingId >> 3) & 0x1f)}.${routingId & 7}` as PciAddress;
}

/**
 * The address of a VF: routing id of its PF + First VF Offset + VF Stride × index (drivers/pci/iov.c,
 * pci_iov_virtfn_bus). The bus may be a later one than the PF's. Offset and stride may change with the number
 * of VFs, so both must have been read after the VFs were enabled.
 *
 * @throws {SriovError} VF_INDEX_INVALID when the routing id leaves the domain's 256 buses
 */
export function vfPciAddress(pf: PciAddress, offset: number, stride: number, vfIndex: number): PciAddress {
  const parts = pciAddressParts(pf);
  const routingId = (parts.bus << 8) + (parts.device << 3) + parts.function + offset + stride * vfIndex;
  if (!Number.isInteger(routingId) || vfIndex < 0 || routingId > 0xffff) {
    throw new SriovError(
      'VF_INDEX_INVALID',
      `Cannot address VF ${vfIndex} of PF ${pf}: it lies behind bus ff`,
      {
        details: { pf, vfIndex, offset, stride },
      },
    );
  }
  return pciAddressOfRoutingId(pf.slice(0, pf.indexOf(':')), routingId);
}

/** Orders PCI addresses as `lspci` does: by domain, bus, device, function. */
export function comparePciAddresses(a: PciAddress, b: PciAddress): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
