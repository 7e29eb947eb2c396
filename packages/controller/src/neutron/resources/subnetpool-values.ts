import type { SubnetPoolDocument } from '../documents/index.ts';
import type { Given } from '../framework/index.ts';
import { compactNetworks, formatNetwork } from '../ip/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { InvalidValue } from '../values/index.ts';
import { networkOfCidr } from './subnet-checks.ts';

/** What a pool has when nobody says otherwise, in bits. */
const LENGTHS = { 4: { least: 8, most: 32 }, 6: { least: 64, most: 128 } } as const;

/** @throws {InvalidValue} */
export function ipVersion(value: number): 4 | 6 {
  if (value === 4 || value === 6) return value;
  throw new InvalidValue(`${value} is not in [4, 6]`);
}

type Prefixes = Pick<SubnetPoolDocument, 'prefixes' | 'ip_version'>;

const refused = (type: string, message: string): NeutronError => new NeutronError(400, type, message);

/** Prefixes as they are kept: the fewest, of one IP version. @throws {NeutronError} */
export function readPrefixes(given: readonly string[]): Prefixes {
  const networks = given.map(networkOfCidr);
  const [first] = networks;
  if (first === undefined) throw refused('EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.');
  if (networks.some(({ version }) => version !== first.version))
    throw refused('PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');
  return { prefixes: compactNetworks(networks).map(formatNetwork), ip_version: first.version };
}

type Lengths = Pick<SubnetPoolDocument, 'min_prefixlen' | 'max_prefixlen' | 'default_prefixlen'>;

/** Lengths of the prefixes that are cut from a pool. @throws {NeutronError} IllegalSubnetPoolPrefixBounds */
export function readLengths(version: 4 | 6, given: Given): Lengths {
  const { least, most } = LENGTHS[version];
  const lengthOf = (name: keyof Lengths, otherwise: number): number =>
    typeof given[name] === 'number' ? given[name] : otherwise;
  const min = lengthOf('min_prefixlen', least);
  const max = lengthOf('max_prefixlen', most);
  const usual = lengthOf('default_prefixlen', min);
  if (min > max) throw wrongBounds('min_prefixlen', min, 'max_prefixlen', max);
  if (max > most) throw wrongBounds('max_prefixlen', max, 'ip_version_max', most);
  if (usual < min) throw wrongBounds('default_prefixlen', usual, 'min_prefixlen', min);
  if (usual > max) throw wrongBounds('default_prefixlen', usual, 'max_prefixlen', max);
  return { min_prefixlen: min, max_prefixlen: max, default_prefixlen: usual };
}

const wrongBounds = (name: string, length: number, base: string, bound: number): NeutronError =>
  refused('IllegalSubnetPoolPrefixBounds', `Illegal prefix bounds: ${name}=${length}, ${base}=${bound}.`);
