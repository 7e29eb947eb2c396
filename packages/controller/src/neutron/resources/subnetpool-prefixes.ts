import {
  SUBNET_KIND,
  type SubnetDocument,
  SUBNETPOOL_KIND,
  type SubnetPoolDocument,
} from '../documents/index.ts';
import { type Given, getDocument, isVisible, listDocuments, type WriteCall } from '../framework/index.ts';
import { formatNetwork, type IpNetwork, isInside, networkOf, overlaps } from '../ip/index.ts';
import { badResourceRequest, conflict, NeutronError } from '../wire/neutron-error.ts';
import { networkOfCidr } from './subnet-checks.ts';

/** A prefix, and the pool that it is of. */
export interface TakenPrefix {
  readonly cidr: string;
  /** null: it was named, and is of no pool. */
  readonly subnetpoolId: string | null;
}

/** The prefix that a subnet asks for, or a free one of the pool that it names. @throws {NeutronError} */
export async function takePrefix(call: WriteCall, given: Given): Promise<TakenPrefix> {
  const { cidr, prefixlen } = given;
  if (typeof cidr === 'string' && typeof prefixlen === 'number')
    throw badResourceRequest('subnets', 'cidr and prefixlen must not be supplied together');
  const pool = await findPool(call, given);
  if (pool === null) {
    if (typeof cidr === 'string') return { cidr, subnetpoolId: null };
    throw badResourceRequest('subnets', 'a subnetpool must be specified in the absence of a cidr');
  }
  const taken = (await subnetsOfPool(call, pool.id)).map((subnet) => networkOfCidr(subnet.cidr));
  const wanted =
    typeof cidr === 'string'
      ? askedPrefix(pool, networkOfCidr(cidr), taken)
      : freePrefix(pool, typeof prefixlen === 'number' ? prefixlen : pool.default_prefixlen, taken);
  await refuseOverQuota(call, pool, String(given['project_id']), wanted);
  return { cidr: formatNetwork(wanted), subnetpoolId: pool.id };
}

async function findPool(call: WriteCall, given: Given): Promise<SubnetPoolDocument | null> {
  const { subnetpool_id: id, use_default_subnetpool: usesDefault } = given;
  const version = typeof given['ip_version'] === 'number' ? given['ip_version'] : undefined;
  if (usesDefault === true) {
    if (typeof id === 'string')
      throw badResourceRequest(
        'subnets',
        'subnetpool_id and use_default_subnetpool cannot both be specified',
      );
    const pools = await listDocuments<SubnetPoolDocument>(call.db, SUBNETPOOL_KIND, []);
    const found = pools.find((each) => each.is_default && each.ip_version === (version ?? 4));
    if (found !== undefined) return found;
    throw badResourceRequest('subnets', `No default subnetpool found for IPv${version ?? 4}`);
  }
  if (typeof id !== 'string') return null;
  const pool = await getDocument<SubnetPoolDocument>(call.db, SUBNETPOOL_KIND, id);
  if (!(await isVisible(call, { name: 'subnetpool', rules: { get: 'member' } }, pool)))
    throw SUBNETPOOL_KIND.notFound(id);
  if (version !== undefined && version !== pool.ip_version) {
    throw badResourceRequest(
      'subnets',
      `Cannot allocate IPv${version} subnet from IPv${pool.ip_version} subnet pool`,
    );
  }
  return pool;
}

export function subnetsOfPool(call: WriteCall, poolId: string): Promise<readonly SubnetDocument[]> {
  return listDocuments<SubnetDocument>(call.db, SUBNET_KIND, [{ field: 'subnetpool_id', values: [poolId] }]);
}

function askedPrefix(pool: SubnetPoolDocument, wanted: IpNetwork, taken: readonly IpNetwork[]): IpNetwork {
  refuseWrongLength(pool, wanted.prefixLength);
  const isInPool = pool.prefixes
    .map(networkOfCidr)
    .some(
      (prefix) =>
        isInside(prefix, { version: wanted.version, number: wanted.first }) &&
        prefix.prefixLength <= wanted.prefixLength,
    );
  if (isInPool && !taken.some((other) => overlaps(other, wanted))) return wanted;
  throw allocationFailed('Cannot allocate requested subnet from the available set of prefixes');
}

/** The first that is free: behind a subnet that is in the way it goes on at once, however many there are. */
function freePrefix(pool: SubnetPoolDocument, length: number, taken: readonly IpNetwork[]): IpNetwork {
  refuseWrongLength(pool, length);
  const sorted = taken.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  for (const prefix of pool.prefixes.map(networkOfCidr)) {
    if (prefix.prefixLength > length) continue;
    let candidate = networkOf({ version: prefix.version, number: prefix.first }, length);
    for (const other of sorted) {
      if (!overlaps(other, candidate)) continue;
      const size = candidate.last - candidate.first + 1n;
      const behind = ((other.last + size) / size) * size;
      candidate = networkOf({ version: prefix.version, number: behind }, length);
    }
    if (candidate.last <= prefix.last) return candidate;
  }
  throw allocationFailed('Insufficient prefix space to allocate subnet size /' + String(length));
}

function refuseWrongLength(pool: SubnetPoolDocument, length: number): void {
  if (length < pool.min_prefixlen) {
    throw new NeutronError(
      400,
      'MinPrefixSubnetAllocationError',
      `Unable to allocate subnet with prefix length ${length}, minimum allowed prefix is ${pool.min_prefixlen}.`,
    );
  }
  if (length > pool.max_prefixlen) {
    throw new NeutronError(
      400,
      'MaxPrefixSubnetAllocationError',
      `Unable to allocate subnet with prefix length ${length}, maximum allowed prefix is ${pool.max_prefixlen}.`,
    );
  }
}

async function refuseOverQuota(
  call: WriteCall,
  pool: SubnetPoolDocument,
  projectId: string,
  wanted: IpNetwork,
): Promise<void> {
  if (pool.default_quota === null) return;
  const used = (await subnetsOfPool(call, pool.id))
    .filter((subnet) => subnet.project_id === projectId)
    .reduce((sum, subnet) => sum + weightOf(networkOfCidr(subnet.cidr)), 0n);
  if (used + weightOf(wanted) > BigInt(pool.default_quota))
    throw conflict('SubnetPoolQuotaExceeded', 'Per-tenant subnet pool prefix quota exceeded.');
}

/** What counts in a quota: addresses, or in IPv6 /64s. */
function weightOf({ version, prefixLength }: IpNetwork): bigint {
  const bits = (version === 4 ? 32 : 64) - prefixLength;
  return bits <= 0 ? 1n : 1n << BigInt(bits);
}

function allocationFailed(why: string): NeutronError {
  return new NeutronError(500, 'SubnetAllocationError', `Failed to allocate subnet: ${why}.`);
}
