import type { Branded } from '../brand.ts';
import { SriovError } from '../errors/index.ts';

/** A unicast MAC address, lower case with colons; never all zeros (that is `null`: none set). */
export type MacAddress = Branded<string, 'MacAddress'>;

const MAC_ADDRESS = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** All zeros: how the kernel shows and is told that a VF has no administrative MAC. */
export const ZERO_MAC = '00:00:00:00:00:00';

/**
 * What drivers that refuse the zero address (bnx2x) get instead to clear a VF's MAC: locally administered,
 * the one that libvirt uses too.
 */
export const PLACEHOLDER_MAC = '02:00:00:00:00:00' as MacAddress;

/** Locally administered, and "vf" in letters: no card passes frames for such an address to anybody. */
const HELD_PREFIX = '02:76:66:';

/**
 * What a VF has instead of its port's MAC while the machine that it is for runs elsewhere: two cards with one MAC would both
 * take its frames. Each attachment has its own.
 */
export function heldMac(attachmentId: string): MacAddress {
  // FNV-1a: short ids differ in their last letters.
  let hash = 0x811c9dc5;
  for (const letter of attachmentId) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  const digits = hash.toString(16).padStart(8, '0');
  return `${HELD_PREFIX}${digits.slice(2, 4)}:${digits.slice(4, 6)}:${digits.slice(6, 8)}` as MacAddress;
}

export function isHeldMac(mac: MacAddress | null): boolean {
  return mac?.startsWith(HELD_PREFIX) === true;
}

/**
 * Parses a unicast MAC address. Dashes and upper case are accepted.
 *
 * @throws {SriovError} MAC_ADDRESS_INVALID, also for multicast, broadcast and zero addresses
 */
export function parseMacAddress(text: string): MacAddress {
  const mac = text.toLowerCase().replaceAll('-', ':');
  const refuse = (why: string): never => {
    throw new SriovError('MAC_ADDRESS_INVALID', `Cannot use MAC address "${text.slice(0, 64)}": ${why}`, {
      details: { found: text.slice(0, 64) },
    });
  };
  if (!MAC_ADDRESS.test(mac)) return refuse('it is not six pairs of hexadecimal digits');
  if (mac === ZERO_MAC) return refuse('all zeros stand for "none set"');
  if (isGroupMac(mac)) return refuse('it is a multicast address');
  return mac as MacAddress;
}

/** Whether the frame's destination is a group (multicast or broadcast) address. */
export function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}
