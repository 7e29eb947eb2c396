import { formatIp, type IpNetwork } from './address.ts';

/** Addresses from `first` to `last`, both included. */
export interface IpRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** What hosts may have of a network: in IPv4 not its first and last address, in IPv6 not its first (RFC 4291, 2.6.1). */
export function hostRange({ version, first, last, prefixLength }: IpNetwork): IpRange {
  // Two addresses (RFC 3021), and one: there is nothing to leave out.
  if (version === 4 && prefixLength >= 31) return { first, last };
  if (version === 6 && prefixLength >= 127) return { first, last };
  return { first: first + 1n, last: version === 4 ? last - 1n : last };
}

/** The pools of a subnet that names none: all that hosts may have, but the gateway. */
export function defaultPools(network: IpNetwork, gateway: bigint | null): readonly IpRange[] {
  const all = hostRange(network);
  if (gateway === null || gateway < all.first || gateway > all.last) return [all];
  const around = [
    { first: all.first, last: gateway - 1n },
    { first: gateway + 1n, last: all.last },
  ];
  return around.filter(({ first, last }) => first <= last);
}

export function sizeOf(ranges: readonly IpRange[]): bigint {
  return ranges.reduce((size, { first, last }) => size + last - first + 1n, 0n);
}

/** The address at a place counted over all ranges. */
export function nthAddress(ranges: readonly IpRange[], place: bigint): bigint | null {
  let left = place;
  for (const { first, last } of ranges) {
    const size = last - first + 1n;
    if (left < size) return first + left;
    left -= size;
  }
  return null;
}

export function formatRange({ first, last }: IpRange, version: 4 | 6): { start: string; end: string } {
  return { start: formatIp({ version, number: first }), end: formatIp({ version, number: last }) };
}
