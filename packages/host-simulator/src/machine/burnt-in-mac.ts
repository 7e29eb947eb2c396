import type { HostId, MacAddress, PciAddress } from '@virtfn/model';

/** FNV-1a over 32 bits with a last stir, so that texts that differ in one letter give far numbers. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  return (state ^ (state >>> 13)) >>> 0;
}

/**
 * The MAC that a port left the factory with: the same for the same port of the same host, and another one for every
 * other, because machines share wires. (Made from 40 bits of a hash: no maker's prefix has room for a fleet.)
 */
export function burntInMac(hostId: HostId, address: PciAddress): MacAddress {
  const hex = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');
  const first = hash(`${hostId}/${address}`);
  const last = hash(`${address}/${hostId}`);
  return `a0:${[first >>> 24, first >>> 16, first >>> 8, first, last].map(hex).join(':')}` as MacAddress;
}
