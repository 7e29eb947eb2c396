import { listVisibility, setVisibility } from '../../store/index.ts';
import {
  type AllocationPool,
  isAutoAddressed,
  NETWORK_KIND,
  type NetworkDocument,
  PORT_KIND,
  type PortDocument,
  SEGMENT_KIND,
  type SegmentDocument,
  SUBNET_KIND,
  type SubnetDocument,
} from '../documents/index.ts';
import {
  documentOf,
  fixed,
  type Given,
  getDocument,
  getVisible,
  identityValues,
  insertDocument,
  listDocuments,
  NAME,
  PROJECT_ATTRIBUTES,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  STANDARD_ATTRIBUTES,
  standardValues,
  TAGS,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { defaultPools, formatIp, formatRange, hostRange, type IpNetwork } from '../ip/index.ts';
import {
  boolean,
  integer,
  ipAddress,
  list,
  nullable,
  oneOf,
  record,
  set,
  subnetCidr,
  text,
  uuid,
} from '../values/index.ts';
import {
  badResourceRequest,
  conflict,
  forbidden,
  invalidInput,
  NeutronError,
} from '../wire/neutron-error.ts';
import { NETWORK } from './network.ts';
import { addressScopesOf } from './network-address-scopes.ts';
import {
  networkOfCidr,
  readPools,
  refuseOverlap,
  refuseWrongDetails,
  refuseWrongGateway,
} from './subnet-checks.ts';
import { takePrefix } from './subnetpool-prefixes.ts';

const IPV6_MODES = ['slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'] as const;

/** `/v2.0/subnets`. */
export const SUBNET: Resource<SubnetDocument> = resource<SubnetDocument>({
  ...SUBNET_KIND,
  collection: 'subnets',
  hasTags: true,
  indexed: new Set(['name', 'project_id', 'cidr', 'network_id', 'subnetpool_id', 'segment_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    ...NAME,
    ip_version: fixed(integer(0, 99), 'absent'),
    network_id: fixed(uuid, 'required'),
    subnetpool_id: fixed(nullable(uuid), { value: null }),
    prefixlen: fixed(integer(0, 128), 'absent', { seenBy: 'nobody', canFilter: false, canSort: false }),
    use_default_subnetpool: fixed(
      boolean,
      { value: false },
      {
        seenBy: 'nobody',
        canFilter: false,
        canSort: false,
      },
    ),
    cidr: fixed(subnetCidr, 'absent'),
    gateway_ip: writable(nullable(ipAddress), 'absent'),
    allocation_pools: writable(list(record({ start: ipAddress, end: ipAddress })), 'absent', {
      canFilter: false,
      canSort: false,
    }),
    dns_nameservers: writable(set(ipAddress), { value: [] }, { canFilter: false, canSort: false }),
    host_routes: writable(
      list(record({ destination: subnetCidr, nexthop: ipAddress })),
      { value: [] },
      {
        canFilter: false,
        canSort: false,
      },
    ),
    enable_dhcp: writable(boolean, { value: true }),
    ipv6_ra_mode: fixed(nullable(oneOf(IPV6_MODES)), { value: null }),
    ipv6_address_mode: fixed(nullable(oneOf(IPV6_MODES)), { value: null }),
    segment_id: writable(
      nullable(uuid),
      { value: null },
      { onCreate: 'admin', onUpdate: 'admin', seenBy: 'admin' },
    ),
    service_types: writable(
      set(text(255)),
      { value: [] },
      {
        onCreate: 'admin',
        onUpdate: 'admin',
        canFilter: false,
        canSort: false,
      },
    ),
    ...STANDARD_ATTRIBUTES,
    ...TAGS,
  },
  networkOwner: async ({ db }, { network_id: id }) =>
    (await getDocument(db, NETWORK_KIND, String(id))).project_id,
  create: createSubnet,
  update: updateSubnet,
  remove: removeSubnet,
});

async function createSubnet(call: WriteCall, given: Given): Promise<SubnetDocument> {
  const network = await getVisible(call, NETWORK, String(given['network_id']));
  // Whom a network is shown to may use it, and does not say what addresses it has.
  if (!call.identity.isAdmin && network.project_id !== call.identity.projectId)
    throw forbidden('rule:create_subnet');
  const { prefixlen: _, use_default_subnetpool: __, ...values } = given;
  const identity = identityValues(given);
  const { cidr, subnetpoolId } = await takePrefix(call, given);
  const prefix = networkOfCidr(cidr);
  const asked = given['ip_version'];
  const version = typeof asked === 'number' ? asked : prefix.version;
  if (version !== 4 && version !== 6) throw invalidInput(`${version} is not in [4, 6]`);
  if (version !== prefix.version)
    throw invalidInput(`cidr '${cidr}' does not match the ip_version '${version}'`);
  const others = await subnetsOf(call, network);
  refuseOverlap(prefix, cidr, network.id, others);
  if (others.some((other) => other.ip_version === version && other.subnetpool_id !== subnetpoolId)) {
    throw new NeutronError(
      400,
      'NetworkSubnetPoolAffinityError',
      'Subnets hosted on the same network must be allocated from the same subnet pool.',
    );
  }
  const subnet = documentOf<SubnetDocument>(values, {
    ...identity,
    ip_version: version,
    cidr,
    subnetpool_id: subnetpoolId,
    gateway_ip: null,
    allocation_pools: [],
    tags: [],
    ...standardValues(call, 0),
  });
  refuseWrongDetails(prefix, subnet, subnet.enable_dhcp);
  await refuseWrongSegment(call, network, subnet.segment_id, others);
  const gateway = gatewayOf(prefix, subnet, given['gateway_ip']);
  const whole = { ...subnet, gateway_ip: gateway, allocation_pools: poolsOf(prefix, cidr, gateway, given) };
  await insertDocument(call, SUBNET_KIND, whole);
  const shownTo = await listVisibility(call.db, { kind: 'network', id: network.id });
  for (const project of [...shownTo, network.project_id])
    await setVisibility(call.write, { kind: 'subnet', id: whole.id }, project, true);
  await replaceDocument(call, NETWORK_KIND, network, {
    ...network,
    ...(await addressScopesOf(call, [...others, whole])),
    subnets: [...network.subnets, whole.id],
  });
  return whole;
}

export async function subnetsOf(
  { db }: Pick<WriteCall, 'db'>,
  { subnets: ids }: Pick<NetworkDocument, 'subnets'>,
): Promise<readonly SubnetDocument[]> {
  if (ids.length === 0) return [];
  return listDocuments<SubnetDocument>(db, SUBNET_KIND, [{ field: 'id', values: ids }]);
}

/** Where hosts make addresses themselves the gateway is the anycast address of routers (RFC 4291, 2.6.1). */
function gatewayOf(prefix: IpNetwork, subnet: SubnetDocument, given: unknown): string | null {
  if (given === null) return null;
  if (typeof given === 'string') return given;
  const isAuto = isAutoAddressed(subnet) || subnet.ipv6_ra_mode === 'slaac';
  const number = isAuto ? prefix.first : hostRange(prefix).first;
  return formatIp({ version: prefix.version, number });
}

function poolsOf(
  prefix: IpNetwork,
  cidr: string,
  gateway: string | null,
  given: Given,
): readonly AllocationPool[] {
  const asked = given['allocation_pools'];
  if (Array.isArray(asked)) {
    const ranges = readPools(prefix, cidr, asked as AllocationPool[]);
    if (gateway !== null) refuseWrongGateway(prefix, gateway, ranges);
    return ranges.map((range) => formatRange(range, prefix.version));
  }
  if (gateway !== null) refuseWrongGateway(prefix, gateway, []);
  const number =
    gateway === null ? null : networkOfCidr(`${gateway}/${prefix.version === 4 ? 32 : 128}`).first;
  return defaultPools(prefix, number).map((range) => formatRange(range, prefix.version));
}

async function refuseWrongSegment(
  call: WriteCall,
  network: NetworkDocument,
  segmentId: string | null,
  others: readonly SubnetDocument[],
): Promise<void> {
  if (others.some((other) => (other.segment_id === null) !== (segmentId === null))) {
    throw badResourceRequest(
      'subnet',
      `All of the subnets on network '${network.id}' must either all be associated with segments or all not associated with any segments`,
    );
  }
  if (segmentId === null) return;
  const segment = await getDocument<SegmentDocument>(call.db, SEGMENT_KIND, segmentId);
  if (segment.network_id !== network.id)
    throw badResourceRequest(
      'subnet',
      `The segment ${segmentId} is not of the subnet's network ${network.id}`,
    );
}

async function updateSubnet(call: WriteCall, before: SubnetDocument, given: Given): Promise<SubnetDocument> {
  const prefix = networkOfCidr(before.cidr);
  const changed: SubnetDocument = { ...before, ...given };
  refuseWrongDetails(prefix, changed, changed.enable_dhcp);
  if ('segment_id' in given && given['segment_id'] !== before.segment_id) {
    const network = await getDocument<NetworkDocument>(call.db, NETWORK_KIND, before.network_id);
    const others = await subnetsOf(call, network);
    await refuseWrongSegment(
      call,
      network,
      changed.segment_id,
      others.filter(({ id }) => id !== before.id),
    );
  }
  const ranges = readPools(prefix, before.cidr, changed.allocation_pools);
  if (changed.gateway_ip !== null && ('gateway_ip' in given || 'allocation_pools' in given))
    refuseWrongGateway(prefix, changed.gateway_ip, ranges);
  return replaceDocument(call, SUBNET_KIND, before, changed);
}

async function removeSubnet(call: WriteCall, subnet: SubnetDocument): Promise<void> {
  const users = await listDocuments<PortDocument>(call.db, PORT_KIND, [
    { field: 'fixed_ips.subnet_id', values: [subnet.id] },
  ]);
  // Addresses that hosts made themselves are nobody's allocation: they go with the prefix.
  const holders = isAutoAddressed(subnet) ? [] : users;
  if (holders.length > 0) {
    throw conflict(
      'SubnetInUse',
      `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`,
    );
  }
  for (const port of users) {
    await replaceDocument(call, PORT_KIND, port, {
      ...port,
      fixed_ips: port.fixed_ips.filter((ip) => ip.subnet_id !== subnet.id),
    });
  }
  await removeDocument(call, SUBNET_KIND, subnet);
  const network = await getDocument<NetworkDocument>(call.db, NETWORK_KIND, subnet.network_id);
  await replaceDocument(call, NETWORK_KIND, network, {
    ...network,
    ...(await addressScopesOf(call, await subnetsOf(call, network))),
    subnets: network.subnets.filter((id) => id !== subnet.id),
  });
}
