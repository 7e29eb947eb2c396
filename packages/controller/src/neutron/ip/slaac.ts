import type { IpAddress, IpNetwork } from './address.ts';

/** The address that a host gives itself: the prefix, and its MAC as EUI-64 (RFC 4291, appendix A). */
export function slaacAddress(network: IpNetwork, mac: string): IpAddress {
  const bytes = mac.split(':').map((byte) => Number.parseInt(byte, 16));
  const [first = 0, second = 0, third = 0, ...rest] = bytes;
  // The bit that tells global from local addresses is inverted.
  const eui64 = [first ^ 2, second, third, 0xff, 0xfe, ...rest];
  const id = eui64.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  return { version: 6, number: network.first + id };
}
