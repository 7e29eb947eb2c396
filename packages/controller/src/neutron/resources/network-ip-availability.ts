import { countClaims } from '../../store/index.ts';
import { NETWORK_KIND, type NetworkDocument, SUBNET_KIND, type SubnetDocument } from '../documents/index.ts';
import {
  type Call,
  type ComputedQuery,
  type Document,
  findDocument,
  listDocuments,
  readOnly,
  resource,
  type Resource,
} from '../framework/index.ts';
import { sizeOf } from '../ip/index.ts';
import { wholeNumber, type WholeNumber } from '../wire/whole-number.ts';
import { addressSpace, poolsOf } from './port-addresses.ts';
import { networkOfCidr } from './subnet-checks.ts';

/** How many addresses there are to give, and how many are given. An IPv6 subnet has more than a double can count. */
interface Availability {
  readonly used: number;
  readonly total: bigint;
}

interface NetworkAvailabilityDocument extends Document {
  readonly network_id: string;
  readonly used_ips: number;
  readonly total_ips: WholeNumber;
}

const hidden = { canFilter: false, canSort: false } as const;

/** `/v2.0/network-ip-availabilities`. */
export const NETWORK_IP_AVAILABILITY: Resource<NetworkAvailabilityDocument> =
  resource<NetworkAvailabilityDocument>({
    name: 'network_ip_availability',
    collection: 'network_ip_availabilities',
    path: 'network-ip-availabilities',
    quota: null,
    rules: { get: 'admin', create: null, update: null, remove: null },
    notFound: NETWORK_KIND.notFound,
    fields: () => [],
    indexed: new Set(),
    attributes: {
      network_id: readOnly(),
      network_name: readOnly({ canSort: false }),
      tenant_id: readOnly({ canSort: false }),
      project_id: readOnly({ canSort: false }),
      subnet_ip_availability: readOnly(hidden),
      used_ips: readOnly(hidden),
      total_ips: readOnly(hidden),
    },
    // It decides which subnets are counted; a network that has none of them is not listed.
    filters: {
      ip_version: () => ({
        where: [],
        test: (network) =>
          Array.isArray(network['subnet_ip_availability']) && network['subnet_ip_availability'].length > 0,
      }),
    },
    compute: async (call, wanted) => {
      const networks = await wantedNetworks(call, wanted);
      const versions = wanted.kind === 'list' ? wanted.filters.get('ip_version') : undefined;
      const subnets = (await subnetsOfAll(call, networks)).filter(
        (subnet) => versions === undefined || versions.includes(String(subnet.ip_version)),
      );
      const byNetwork = Map.groupBy(subnets, (subnet) => subnet.network_id);
      const used = await countClaims(
        call.db,
        subnets.map(({ id }) => addressSpace(id)),
      );
      return networks.map((network) => documentOf(network, byNetwork.get(network.id) ?? [], used));
    },
  });

async function wantedNetworks({ db }: Call, wanted: ComputedQuery): Promise<readonly NetworkDocument[]> {
  if (wanted.kind === 'list') return listDocuments<NetworkDocument>(db, NETWORK_KIND, []);
  const network = await findDocument<NetworkDocument>(db, NETWORK_KIND, wanted.id);
  return network === undefined ? [] : [network];
}

function subnetsOfAll(
  { db }: Call,
  networks: readonly NetworkDocument[],
): Promise<readonly SubnetDocument[]> {
  const [only] = networks;
  const where =
    networks.length === 1 && only !== undefined ? [{ field: 'network_id', values: [only.id] }] : [];
  return listDocuments<SubnetDocument>(db, SUBNET_KIND, where);
}

function documentOf(
  network: NetworkDocument,
  subnets: readonly SubnetDocument[],
  claims: ReadonlyMap<string, number>,
): NetworkAvailabilityDocument {
  const counted = subnets.map((subnet) => ({
    subnet,
    used: claims.get(addressSpace(subnet.id)) ?? 0,
    total: totalOf(subnet),
  }));
  const sum = counted.reduce(
    (all: Availability, { used, total }) => ({ used: all.used + used, total: all.total + total }),
    { used: 0, total: 0n },
  );
  return {
    id: network.id,
    network_id: network.id,
    network_name: network.name,
    tenant_id: network.project_id,
    project_id: network.project_id,
    subnet_ip_availability: counted.map(({ subnet, used, total }) => ({
      subnet_id: subnet.id,
      ip_version: subnet.ip_version,
      cidr: subnet.cidr,
      subnet_name: subnet.name,
      used_ips: used,
      total_ips: wholeNumber(total),
    })),
    used_ips: sum.used,
    total_ips: wholeNumber(sum.total),
  };
}

/** What the pools have; without pools, as Neutron counts, all that the prefix has. */
function totalOf(subnet: SubnetDocument): bigint {
  const pools = poolsOf(subnet);
  const { first, last } = networkOfCidr(subnet.cidr);
  return pools.length === 0 ? last - first + 1n : sizeOf(pools);
}
