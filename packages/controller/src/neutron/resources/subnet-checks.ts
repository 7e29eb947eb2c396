import type { SubnetDocument } from '../documents/index.ts';
import {
  formatIp,
  hostRange,
  type IpAddress,
  type IpNetwork,
  type IpRange,
  isInside,
  overlaps,
  parseIp,
  parseNetwork,
} from '../ip/index.ts';
import { conflict, invalidInput, NeutronError } from '../wire/neutron-error.ts';

const MOST_DNS_NAMESERVERS = 5;
const MOST_HOST_ROUTES = 20;

/** A prefix that a schema has let through. */
export function networkOfCidr(cidr: string): IpNetwork {
  const network = parseNetwork(cidr);
  if (network === null) throw invalidInput(`'${cidr}' is not a valid IP subnet`);
  return network;
}

/** An address that a schema has let through. */
export function addressOf(text: string): IpAddress {
  const ip = parseIp(text);
  if (ip === null) throw invalidInput(`'${text}' is not a valid IP address`);
  return ip;
}

/** @throws {NeutronError} InvalidInput */
export function refuseOverlap(
  network: IpNetwork,
  cidr: string,
  networkId: string,
  others: readonly SubnetDocument[],
): void {
  if (network.prefixLength === 0) throw invalidInput('0 is not allowed as CIDR prefix length');
  if (others.some((other) => overlaps(network, networkOfCidr(other.cidr)))) {
    throw invalidInput(
      `Requested subnet with cidr: ${cidr} for network: ${networkId} overlaps with another subnet`,
    );
  }
}

/** @throws {NeutronError} InvalidInput, GatewayConflictWithAllocationPools */
export function refuseWrongGateway(network: IpNetwork, gateway: string, pools: readonly IpRange[]): void {
  const ip = addressOf(gateway);
  if (ip.version !== network.version) {
    throw invalidInput(`gateway_ip '${gateway}' does not match the ip_version '${network.version}'`);
  }
  // In IPv6 a gateway may lie outside, as a link-local address does; in IPv4 it must be one that a host can have.
  if (network.version === 4 && isInside(network, ip)) {
    const hosts = hostRange(network);
    if (ip.number < hosts.first || ip.number > hosts.last)
      throw invalidInput('Gateway is not valid on subnet');
  }
  const pool = pools.find(({ first, last }) => ip.number >= first && ip.number <= last);
  if (pool !== undefined) {
    const { version } = network;
    const text = `${formatIp({ version, number: pool.first })}-${formatIp({ version, number: pool.last })}`;
    throw conflict(
      'GatewayConflictWithAllocationPools',
      `Gateway ip ${gateway} conflicts with allocation pool ${text}.`,
    );
  }
}

/** @throws {NeutronError} InvalidAllocationPool, OutOfBoundsAllocationPool, OverlappingAllocationPools */
export function readPools(
  network: IpNetwork,
  cidr: string,
  pools: SubnetDocument['allocation_pools'],
): readonly IpRange[] {
  const hosts = hostRange(network);
  const ranges = pools.map(({ start, end }): IpRange => {
    const first = addressOf(start);
    const last = addressOf(end);
    const isWrong =
      first.version !== network.version || last.version !== network.version || first.number > last.number;
    if (isWrong) {
      throw new NeutronError(
        400,
        'InvalidAllocationPool',
        `The allocation pool ${start}-${end} is not valid.`,
      );
    }
    if (first.number < hosts.first || last.number > hosts.last) {
      throw new NeutronError(
        400,
        'OutOfBoundsAllocationPool',
        `The allocation pool ${start}-${end} spans beyond the subnet cidr ${cidr}.`,
      );
    }
    return { first: first.number, last: last.number };
  });
  const sorted = ranges.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  for (const [index, { first }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined || before.last < first) continue;
    const { version } = network;
    const text = (range: IpRange): string =>
      `${formatIp({ version, number: range.first })}-${formatIp({ version, number: range.last })}`;
    throw conflict(
      'OverlappingAllocationPools',
      `Found overlapping allocation pools: ${text(before)} ${text(sorted[index] ?? before)} for subnet ${cidr}.`,
    );
  }
  return ranges;
}

type Details = Pick<SubnetDocument, 'dns_nameservers' | 'host_routes' | 'ipv6_ra_mode' | 'ipv6_address_mode'>;

/** What else a subnet says must be of its version, and not too much. @throws {NeutronError} */
export function refuseWrongDetails(network: IpNetwork, subnet: Details, enableDhcp: boolean): void {
  const { dns_nameservers: servers, host_routes: routes } = subnet;
  const { version } = network;
  if (servers.length > MOST_DNS_NAMESERVERS) {
    throw new NeutronError(
      400,
      'DNSNameServersExhausted',
      `Unable to complete operation for new subnet. The number of DNS nameservers exceeds the limit ${MOST_DNS_NAMESERVERS}.`,
    );
  }
  if (routes.length > MOST_HOST_ROUTES) {
    throw new NeutronError(
      400,
      'HostRoutesExhausted',
      `Unable to complete operation for new subnet. The number of host routes exceeds the limit ${MOST_HOST_ROUTES}.`,
    );
  }
  for (const server of servers) {
    if (addressOf(server).version !== version)
      throw invalidInput(`dns_nameserver '${server}' does not match the ip_version '${version}'`);
  }
  for (const { destination, nexthop } of routes) {
    if (networkOfCidr(destination).version !== version || addressOf(nexthop).version !== version)
      throw invalidInput(`Invalid route: destination ${destination} nexthop ${nexthop}`);
  }
  const modes = { ipv6_ra_mode: subnet.ipv6_ra_mode, ipv6_address_mode: subnet.ipv6_address_mode };
  for (const [name, mode] of Object.entries(modes)) {
    if (mode === null) continue;
    if (version === 4) throw invalidInput(`${name} is not valid when ip_version is 4`);
    if (!enableDhcp)
      throw invalidInput('ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False');
  }
  const { ipv6_ra_mode: ra, ipv6_address_mode: address } = modes;
  if (ra !== null && address !== null && ra !== address) {
    throw invalidInput(
      `ipv6_ra_mode set to '${ra}' with ipv6_address_mode set to '${address}' is not valid. If both attributes are set, they must be the same value`,
    );
  }
  if ((address === 'slaac' || address === 'dhcpv6-stateless') && network.prefixLength !== 64) {
    throw invalidInput(
      `Invalid CIDR ${formatIp({ version, number: network.first })}/${network.prefixLength} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64`,
    );
  }
}
