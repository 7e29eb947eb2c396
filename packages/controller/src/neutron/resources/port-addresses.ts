import { listClaims, releaseClaim, takeClaim } from '../../store/index.ts';
import { type FixedIp, isAutoAddressed, type SubnetDocument } from '../documents/index.ts';
import type { Given, WriteCall } from '../framework/index.ts';
import {
  formatIp,
  type IpAddress,
  ipKey,
  type IpRange,
  isInside,
  nthAddress,
  parseIp,
  sizeOf,
  slaacAddress,
} from '../ip/index.ts';
import { conflict, invalidInput, NeutronError } from '../wire/neutron-error.ts';
import { addressOf, networkOfCidr } from './subnet-checks.ts';

const MOST_FIXED_IPS = 5;
/** While at most three quarters are taken, one of so many picks is free but once in thirty thousand times. */
const PICKS = 36;

/** Where the addresses of a subnet are claimed. */
export const addressSpace = (subnetId: string): string => `ip/${subnetId}`;

/** Who asks for addresses, and of what. */
export interface AddressRequest {
  readonly portId: string;
  readonly networkId: string;
  readonly mac: string;
  /** Subnets of the network that may serve this port. */
  readonly subnets: readonly SubnetDocument[];
}

/** One address of each version, and all that hosts make themselves: what a port has that asks for nothing. */
export async function takeUsualAddresses(
  call: WriteCall,
  request: AddressRequest,
): Promise<readonly FixedIp[]> {
  const given: FixedIp[] = [];
  for (const version of [4, 6] as const) {
    const subnets = request.subnets.filter((subnet) => subnet.ip_version === version);
    for (const subnet of subnets.filter(isAutoAddressed)) given.push(await takeAuto(call, request, subnet));
    const others = subnets.filter((subnet) => !isAutoAddressed(subnet));
    if (others.length > 0) given.push(await takeAny(call, request, others));
  }
  return given;
}

/** The addresses that are asked for. @throws {NeutronError} */
export async function takeAskedAddresses(
  call: WriteCall,
  request: AddressRequest,
  asked: readonly Given[],
): Promise<readonly FixedIp[]> {
  if (asked.length > MOST_FIXED_IPS) throw invalidInput('Exceeded maximum amount of fixed ips per port');
  const given: FixedIp[] = [];
  for (const { subnet_id: subnetId, ip_address: text } of asked) {
    if (typeof text !== 'string') {
      const subnet = findSubnet(request, String(subnetId));
      given.push(
        isAutoAddressed(subnet)
          ? await takeAuto(call, request, subnet)
          : await takeAny(call, request, [subnet]),
      );
      continue;
    }
    const ip = addressOf(text);
    const subnet = typeof subnetId === 'string' ? findSubnet(request, subnetId) : subnetOf(request, ip);
    given.push(await takeThis(call, request, subnet, ip));
  }
  return given;
}

/** Gives addresses of a port back. */
export async function releaseAddresses(
  call: WriteCall,
  portId: string,
  addresses: readonly FixedIp[],
): Promise<void> {
  for (const { subnet_id: subnetId, ip_address: text } of addresses) {
    const ip = parseIp(text);
    if (ip !== null) await releaseClaim(call.write, addressSpace(subnetId), ipKey(ip), portId);
  }
}

function findSubnet({ subnets, networkId }: AddressRequest, id: string): SubnetDocument {
  const subnet = subnets.find((each) => each.id === id);
  if (subnet !== undefined) return subnet;
  throw invalidInput(
    `Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${id}`,
  );
}

function subnetOf({ subnets }: AddressRequest, ip: IpAddress): SubnetDocument {
  const subnet = subnets.find((each) => isInside(networkOfCidr(each.cidr), ip));
  if (subnet !== undefined) return subnet;
  throw new NeutronError(
    400,
    'InvalidIpForNetwork',
    `IP address ${formatIp(ip)} is not a valid IP for any of the subnets on the specified network.`,
  );
}

async function takeThis(
  call: WriteCall,
  { portId, mac }: AddressRequest,
  subnet: SubnetDocument,
  ip: IpAddress,
): Promise<FixedIp> {
  const network = networkOfCidr(subnet.cidr);
  const text = formatIp(ip);
  const isUsable =
    isInside(network, ip) &&
    (network.version === 6 ||
      network.prefixLength > 30 ||
      (ip.number > network.first && ip.number < network.last));
  if (!isUsable) {
    throw new NeutronError(
      400,
      'InvalidIpForSubnet',
      `IP address ${text} is not a valid IP for the specified subnet.`,
    );
  }
  if (isAutoAddressed(subnet) && slaacAddress(network, mac).number !== ip.number) {
    throw invalidInput(
      `IPv6 address ${text} can not be directly assigned to a port on subnet ${subnet.id} since the subnet is configured for automatic addresses`,
    );
  }
  if (await takeClaim(call.write, addressSpace(subnet.id), ipKey(ip), portId))
    return { subnet_id: subnet.id, ip_address: text };
  throw conflict('IpAddressAlreadyAllocated', `IP address ${text} already allocated in subnet ${subnet.id}`);
}

function takeAuto(call: WriteCall, request: AddressRequest, subnet: SubnetDocument): Promise<FixedIp> {
  return takeThis(call, request, subnet, slaacAddress(networkOfCidr(subnet.cidr), request.mac));
}

async function takeAny(
  call: WriteCall,
  { portId, networkId }: AddressRequest,
  subnets: readonly SubnetDocument[],
): Promise<FixedIp> {
  for (const subnet of subnets) {
    const number = await takeFree(call, portId, subnet);
    if (number === null) continue;
    return { subnet_id: subnet.id, ip_address: formatIp({ version: subnet.ip_version, number }) };
  }
  throw conflict('IpAddressGenerationFailure', `No more IP addresses available on network ${networkId}.`);
}

/** What ports are given that name no address. */
export function poolsOf(subnet: SubnetDocument): readonly IpRange[] {
  return subnet.allocation_pools.map(({ start, end }) => ({
    first: addressOf(start).number,
    last: addressOf(end).number,
  }));
}

/** A random one, so that an address that was given back is seldom given out again soon. null: none is free. */
async function takeFree(call: WriteCall, portId: string, subnet: SubnetDocument): Promise<bigint | null> {
  const pools = poolsOf(subnet);
  const size = sizeOf(pools);
  const version = subnet.ip_version;
  const take = (number: bigint): Promise<boolean> =>
    takeClaim(call.write, addressSpace(subnet.id), ipKey({ version, number }), portId);
  for (let pick = 0; pick < PICKS && BigInt(pick) < size; pick += 1) {
    const number = nthAddress(pools, randomBelow(call, size));
    if (number !== null && (await take(number))) return number;
  }
  const taken = new Set((await listClaims(call.db, addressSpace(subnet.id))).map(({ key }) => key));
  for (let place = 0n; place < size; place += 1n) {
    const number = nthAddress(pools, place);
    if (number !== null && !taken.has(ipKey({ version, number })) && (await take(number))) return number;
  }
  return null;
}

/** Eight bytes more than needed would be exact; three make the bias less than one in sixteen million. */
function randomBelow({ settings }: WriteCall, limit: bigint): bigint {
  const bytes = settings.random(Math.ceil(limit.toString(2).length / 8) + 3);
  return bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n) % limit;
}
