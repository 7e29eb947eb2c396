import type { Branded } from '../brand.ts';
import { SriovError } from '../errors/index.ts';

/** A vendor or product id: four lower-case hexadecimal digits, as `lspci -nn` prints them. */
export type PciId = Branded<string, 'PciId'>;

/**
 * Parses a vendor or product id; a leading `0x` (sysfs, libvirt) is accepted.
 *
 * @throws {SriovError} PCI_ID_INVALID
 */
export function parsePciId(text: string): PciId {
  const match = /^(?:0x)?([0-9a-f]{4})$/.exec(text.toLowerCase());
  if (match?.[1] === undefined) {
    throw new SriovError('PCI_ID_INVALID', `Cannot read PCI id: found "${text.slice(0, 64)}"`, {
      details: { found: text.slice(0, 64) },
    });
  }
  return match[1] as PciId;
}
