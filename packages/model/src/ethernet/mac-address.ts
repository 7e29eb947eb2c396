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
