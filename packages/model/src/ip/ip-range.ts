import { type IpPrefix, ipVersionOf } from './ip-prefix.ts';

/** The addresses of a prefix as numbers, both ends in it. Those of IPv4 and of IPv6 are not told apart. */
export interface IpRange {
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** The addresses that a prefix stands for: bits behind its length do not matter. */
export function ipRangeOf(prefix: IpPrefix): IpRange {
  const [address = '', length = ''] = prefix.split('/');
  const hostBits = BigInt(BITS[ipVersionOf(prefix)] - Number(length));
  const first = (ipNumberOf(address) >> hostBits) << hostBits;
  return { first, last: first + (1n << hostBits) - 1n };
}

/** The number of an address that stands alone, of either version, as a prefix would write it. */
export function ipNumberOf(address: string): bigint {
  if (!address.includes(':')) {
    return address.split('.').reduce((number, part) => (number << 8n) | BigInt(part), 0n);
  }
  const [before = [], after = []] = address.split('::').map(groupsOf);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce(
    (number, group) => (number << 16n) | BigInt(`0x${group}`),
    0n,
  );
}

/**
 * The same addresses by as few of the prefixes as possible, in their order: those that lie in another are left out. Two
 * prefixes either share no address or one lies in the other.
 */
export function withoutNested(prefixes: readonly IpPrefix[]): readonly IpPrefix[] {
  const sorted = prefixes
    .map((prefix, at) => ({ prefix, at, version: ipVersionOf(prefix), ...ipRangeOf(prefix) }))
    .toSorted((a, b) => a.version - b.version || compare(a.first, b.first) || compare(b.last, a.last));
  const kept: (typeof sorted)[number][] = [];
  for (const each of sorted) {
    const before = kept.at(-1);
    if (before?.version !== each.version || before.last < each.last) kept.push(each);
  }
  return kept.toSorted((a, b) => a.at - b.at).map(({ prefix }) => prefix);
}

const groupsOf = (half: string): readonly string[] => (half === '' ? [] : half.split(':'));

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
