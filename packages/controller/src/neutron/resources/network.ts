import { listVisibility, setVisibility } from '../../store/index.ts';
import {
  NETWORK_KIND,
  type NetworkDocument,
  PORT_KIND,
  type PortDocument,
  type ProviderSegment,
  SUBNET_KIND,
  type SubnetDocument,
} from '../documents/index.ts';
import {
  AVAILABILITY_ZONES,
  documentOf,
  type Given,
  getVisible,
  identityValues,
  insertDocument,
  listDocuments,
  NAME,
  PROJECT_ATTRIBUTES,
  readOnly,
  releaseQuota,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  SHARED,
  STANDARD_ATTRIBUTES,
  standardValues,
  TAGS,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { forgetSharing, shareWithAll, unshareFromAll } from '../sharing.ts';
import { boolean, integer, list, nullable, record, text, uuid } from '../values/index.ts';
import { conflict, invalidInput } from '../wire/neutron-error.ts';
import { ensureDefaultSecurityGroup } from './default-security-group.ts';
import { defaultPolicyOf, QOS_POLICY } from './qos-policy.ts';
import { spreadNetworkPolicy } from './qos-ports.ts';
import { addSegment, dropSegment, segmentsOf } from './segment.ts';
import { type ChosenSegment, chooseSegment, type WantedSegment } from './segment-claims.ts';

const NO_SEGMENT: WantedSegment = { network_type: null, physical_network: null, segmentation_id: null };
const SMALLEST_MTU = 68;

const ofAdmins = { onCreate: 'admin', onUpdate: 'admin', seenBy: 'admin' } as const;
const PROVIDER_VALUES = {
  'provider:network_type': nullable(text(32)),
  'provider:physical_network': nullable(text(64)),
  // What is out of range is refused in the words of its type.
  'provider:segmentation_id': nullable(integer(-1, 2 ** 31)),
};

/** `/v2.0/networks`. */
export const NETWORK: Resource<NetworkDocument> = resource<NetworkDocument>({
  ...NETWORK_KIND,
  collection: 'networks',
  hasTags: true,
  indexed: new Set(['name', 'project_id', 'qos_policy_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    ...NAME,
    subnets: readOnly({ canFilter: false, canSort: false }),
    admin_state_up: writable(boolean, { value: true }),
    status: readOnly(),
    ...SHARED,
    mtu: writable(integer(0, 65_535), 'absent'),
    port_security_enabled: writable(boolean, { value: true }),
    qos_policy_id: writable(nullable(uuid), { value: null }),
    'router:external': writable(boolean, { value: false }, { onCreate: 'admin', onUpdate: 'admin' }),
    'provider:network_type': writable(PROVIDER_VALUES['provider:network_type'], 'absent', ofAdmins),
    'provider:physical_network': writable(PROVIDER_VALUES['provider:physical_network'], 'absent', ofAdmins),
    'provider:segmentation_id': writable(PROVIDER_VALUES['provider:segmentation_id'], 'absent', ofAdmins),
    segments: writable(list(record(PROVIDER_VALUES, Object.keys(PROVIDER_VALUES) as never[])), 'absent', {
      ...ofAdmins,
      canFilter: false,
      canSort: false,
    }),
    ...AVAILABILITY_ZONES,
    ipv4_address_scope: readOnly(),
    ipv6_address_scope: readOnly(),
    l2_adjacency: readOnly({ canSort: false }),
    ...STANDARD_ATTRIBUTES,
    ...TAGS,
  },
  // Whoever sees a network of another project sees it because it is shared.
  memberView: (network, { identity }) =>
    network.project_id === identity.projectId ? network : { ...network, shared: true },
  create: createNetwork,
  update: updateNetwork,
  remove: removeNetwork,
});

async function createNetwork(call: WriteCall, given: Given): Promise<NetworkDocument> {
  if (given['router:external'] === true)
    throw invalidInput("'router:external' is not supported: there are no routers here");
  const mtu = mtuOf(call, given['mtu']);
  const chosen: ChosenSegment[] = [];
  for (const wanted of wantedSegments(given)) chosen.push(await chooseSegment(call, wanted));
  const { segments: _, ...values } = given;
  const network = documentOf<NetworkDocument>(values, {
    ...identityValues(given),
    ...providerValues(chosen),
    qos_policy_id: await policyFor(call, given),
    mtu,
    status: 'ACTIVE',
    subnets: [],
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    l2_adjacency: true,
    tags: [],
    ...standardValues(call, 1),
  });
  await ensureDefaultSecurityGroup(call, network.project_id);
  await insertDocument(call, NETWORK_KIND, network);
  for (const segment of chosen) await addSegment(call, network, segment, { name: null, description: null });
  if (network.shared) await shareWithAll(call, { kind: 'network', document: network });
  return network;
}

function wantedSegments(given: Given): readonly WantedSegment[] {
  const single = wantedSegment(given);
  const { segments } = given;
  if (!Array.isArray(segments)) return [single];
  if (single !== NO_SEGMENT) throw invalidInput('Segments and provider values cannot both be set');
  return segments.map((segment: Given) => wantedSegment(segment));
}

function wantedSegment(given: Given): WantedSegment {
  const wanted = {
    network_type: (given['provider:network_type'] ?? null) as string | null,
    physical_network: (given['provider:physical_network'] ?? null) as string | null,
    segmentation_id: (given['provider:segmentation_id'] ?? null) as number | null,
  };
  return Object.values(wanted).every((value) => value === null) ? NO_SEGMENT : wanted;
}

/** How a network shows its segments: one in attributes of its own, several as a list. */
function providerValues(
  segments: readonly ChosenSegment[],
): Partial<ProviderSegment> & Pick<Partial<NetworkDocument>, 'segments'> {
  const shown = segments.map(
    (segment): ProviderSegment => ({
      'provider:network_type': segment.network_type,
      'provider:physical_network': segment.physical_network,
      'provider:segmentation_id': segment.segmentation_id,
    }),
  );
  return shown.length === 1 ? { ...shown[0] } : { segments: shown };
}

function mtuOf({ settings }: WriteCall, asked: unknown): number {
  if (typeof asked !== 'number' || asked === 0) return settings.mtu;
  if (asked > settings.mtu) throw invalidInput(`Requested MTU is too big, maximum is ${settings.mtu}`);
  if (asked < SMALLEST_MTU) throw invalidInput(`Requested MTU is too small, minimum is ${SMALLEST_MTU}`);
  return asked;
}

/** Who names none has the default policy of the project. */
async function policyFor(call: WriteCall, given: Given): Promise<string | null> {
  const { qos_policy_id: asked, project_id: projectId } = given;
  if (typeof asked === 'string') return (await getVisible(call, QOS_POLICY, asked)).id;
  return (await defaultPolicyOf(call, String(projectId)))?.id ?? null;
}

async function updateNetwork(
  call: WriteCall,
  before: NetworkDocument,
  given: Given,
): Promise<NetworkDocument> {
  for (const name of [...Object.keys(PROVIDER_VALUES), 'segments']) {
    if (name in given && JSON.stringify(given[name]) !== JSON.stringify(before[name] ?? null))
      throw invalidInput('Plugin does not support updating provider attributes');
  }
  if (given['router:external'] === true)
    throw invalidInput("'router:external' is not supported: there are no routers here");
  const mtu = 'mtu' in given ? mtuOf(call, given['mtu']) : before.mtu;
  const after: NetworkDocument = { ...before, ...given, mtu };
  const hasOtherPolicy = after.qos_policy_id !== before.qos_policy_id;
  if (hasOtherPolicy && after.qos_policy_id !== null) await getVisible(call, QOS_POLICY, after.qos_policy_id);
  const network = await replaceDocument(call, NETWORK_KIND, before, after);
  if (hasOtherPolicy) await spreadNetworkPolicy(call, network);
  if (after.shared !== before.shared) {
    const change = after.shared ? shareWithAll : unshareFromAll;
    await change(call, { kind: 'network', document: network });
    await showSubnetsAs(call, network);
  }
  return network;
}

/** Subnets are seen by whoever sees their network. */
export async function showSubnetsAs(call: WriteCall, network: NetworkDocument): Promise<void> {
  const others = await listVisibility(call.db, { kind: 'network', id: network.id });
  // An administrator's subnet in it is seen by the owner of the network as well.
  const shownTo = [...others, network.project_id];
  for (const id of network.subnets) {
    const subnet = { kind: 'subnet', id };
    for (const project of await listVisibility(call.db, subnet)) {
      if (!shownTo.includes(project)) await setVisibility(call.write, subnet, project, false);
    }
    for (const project of shownTo) await setVisibility(call.write, subnet, project, true);
  }
}

async function removeNetwork(call: WriteCall, network: NetworkDocument): Promise<void> {
  const ports = await listDocuments<PortDocument>(call.db, PORT_KIND, [
    { field: 'network_id', values: [network.id] },
  ]);
  if (ports.length > 0) {
    throw conflict(
      'NetworkInUse',
      `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network, id for these ports is: ${ports.map(({ id }) => id).join(',')}.`,
    );
  }
  const subnets = await listDocuments<SubnetDocument>(call.db, SUBNET_KIND, [
    { field: 'network_id', values: [network.id] },
  ]);
  for (const subnet of subnets) {
    await removeDocument(call, SUBNET_KIND, subnet);
    await releaseQuota(call, 'subnet', subnet.project_id);
  }
  for (const segment of await segmentsOf(call, network.id)) await dropSegment(call, segment);
  await forgetSharing(call, network.id);
  await removeDocument(call, NETWORK_KIND, network);
}
