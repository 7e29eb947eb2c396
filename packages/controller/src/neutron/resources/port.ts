import { randomUUID } from 'node:crypto';
import { setVisibility } from '../../store/index.ts';
import { noteLocalPort } from '../binding/local-port-changes.ts';
import { attachmentsOf, beginAttachment, dropAttachment } from '../binding/attachments.ts';
import { bindNew, rebind, refuseMoving } from '../binding/port-binding.ts';
import { refusePolicy } from '../binding/refuse-policy.ts';
import { spreadMembers } from '../binding/spread-filters.ts';
import {
  type AddressPair,
  type DhcpOption,
  NETWORK_KIND,
  type NetworkDocument,
  PORT_BINDING_KIND,
  type PortBindingDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import {
  documentOf,
  type Given,
  getDocument,
  getVisible,
  identityValues,
  insertDocument,
  listDocuments,
  removeDocument,
  resource,
  type Resource,
  standardValues,
  type WriteCall,
} from '../framework/index.ts';
import { conflict, invalidInput } from '../wire/neutron-error.ts';
import { ensureDefaultSecurityGroup } from './default-security-group.ts';
import { NETWORK } from './network.ts';
import {
  type AddressRequest,
  releaseAddresses,
  takeAskedAddresses,
  takeUsualAddresses,
} from './port-addresses.ts';
import { PORT_ATTRIBUTES } from './port-attributes.ts';
import { PORT_FILTERS } from './port-filters.ts';
import { releaseMac, takeMac } from './port-mac.ts';
import { QOS_POLICY } from './qos-policy.ts';
import { requestedResources } from './resource-request.ts';
import { SECURITY_GROUP } from './security-group.ts';
import { refuseUnfiltered } from './security-group-policy.ts';
import { subnetsOf } from './subnet.ts';
import { refuseTrunkPort, showMac } from './trunk-ports.ts';

const MOST_ADDRESS_PAIRS = 10;

/** `/v2.0/ports`. */
export const PORT: Resource<PortDocument> = resource<PortDocument>({
  ...PORT_KIND,
  collection: 'ports',
  hasTags: true,
  indexed: new Set([
    'network_id',
    'name',
    'project_id',
    'device_id',
    'device_owner',
    'mac_address',
    'binding:host_id',
    'qos_policy_id',
    'security_groups',
  ]),
  attributes: PORT_ATTRIBUTES,
  filters: PORT_FILTERS,
  // Neutron's drivers are known when it has answered, and are seen at the next look.
  changeView: (port) => {
    const { bound_drivers: _, ...details } = port['binding:vif_details'];
    return { ...port, 'binding:vif_details': details };
  },
  networkOwner: async ({ db }, given) =>
    (await getDocument(db, NETWORK_KIND, String(given['network_id']))).project_id,
  // Neutron's `get_port` and `delete_port` name the network's owner, `update_port` does not (neutron/conf/policies/port.py).
  canNetworkOwnerUpdate: false,
  create: createPort,
  update: updatePort,
  remove: removePort,
});

async function createPort(call: WriteCall, given: Given): Promise<PortDocument> {
  const network = await getVisible(call, NETWORK, String(given['network_id']));
  const id = randomUUID();
  const identity = { ...identityValues(given), id };
  const isSecured = (given['port_security_enabled'] ?? network.port_security_enabled) === true;
  const groups = await securityGroupsOf(call, identity.project_id, isSecured, given['security_groups']);
  const mac = await takeMac(call, network.id, id, textOrNull(given['mac_address']));
  const host = String(given['binding:host_id']);
  const request = await addressRequest(call, {
    id,
    mac,
    network,
    deviceOwner: String(given['device_owner']),
  });
  const asked = given['fixed_ips'];
  const addresses = Array.isArray(asked)
    ? await takeAskedAddresses(call, request, asked as Given[])
    : await takeUsualAddresses(call, request);
  const port = documentOf<PortDocument>(given, {
    ...identity,
    mac_address: mac,
    fixed_ips: addresses,
    status: 'DOWN',
    port_security_enabled: isSecured,
    security_groups: groups,
    allowed_address_pairs: pairsOf(given['allowed_address_pairs'], mac),
    extra_dhcp_opts: optionsOf([], given['extra_dhcp_opts']),
    qos_network_policy_id: network.qos_policy_id,
    resource_request: null,
    'binding:vif_type': 'unbound',
    'binding:vif_details': {},
    ip_allocation: 'immediate',
    tags: [],
    ...standardValues(call, 1),
  });
  refusePairsWithoutSecurity(port);
  await refuseUnfiltered(call, port);
  await checkPolicy(call, port, null);
  const whole = { ...port, resource_request: await requestedResources(call, port) };
  const bound = host === '' ? { port: whole, taken: null } : await bindNew(call, whole);
  await insertDocument(call, PORT_KIND, bound.port);
  await noteLocalPort(call, null, bound.port);
  await spreadMembers(call, null, bound.port);
  if (network.project_id !== bound.port.project_id)
    await setVisibility(call.write, { kind: 'port', id }, network.project_id, true);
  if (bound.taken !== null) await beginAttachment(call, bound.taken, bound.port);
  return bound.port;
}

async function updatePort(call: WriteCall, before: PortDocument, given: Given): Promise<PortDocument> {
  const changes: Record<string, unknown> = { ...given };
  const isSecured = (given['port_security_enabled'] ?? before.port_security_enabled) === true;
  if ('security_groups' in given || 'port_security_enabled' in given) {
    const asked =
      given['security_groups'] ??
      (isSecured && !before.port_security_enabled ? undefined : before.security_groups);
    changes['security_groups'] = await securityGroupsOf(call, before.project_id, isSecured, asked);
  }
  const asked = textOrNull(given['mac_address']);
  let mac = before.mac_address;
  if ('mac_address' in given && asked !== mac) {
    if (before['binding:host_id'] !== '' && before.device_owner.startsWith('compute:')) {
      throw conflict(
        'PortBound',
        `Unable to complete operation on port ${before.id}, port is already bound, port type: ${before['binding:vif_type']}, old_mac ${before.mac_address}, new_mac ${asked ?? 'None'}.`,
      );
    }
    await releaseMac(call, before.network_id, before.id, before.mac_address);
    mac = await takeMac(call, before.network_id, before.id, asked);
    changes['mac_address'] = mac;
  }
  if ('fixed_ips' in given) {
    const network = await getDocument<NetworkDocument>(call.db, NETWORK_KIND, before.network_id);
    const request = await addressRequest(call, {
      id: before.id,
      mac,
      network,
      deviceOwner: textOrNull(given['device_owner']) ?? before.device_owner,
    });
    await releaseAddresses(call, before.id, before.fixed_ips);
    changes['fixed_ips'] = await takeAskedAddresses(call, request, given['fixed_ips'] as Given[]);
  }
  if ('allowed_address_pairs' in given)
    changes['allowed_address_pairs'] = pairsOf(given['allowed_address_pairs'], mac);
  if ('extra_dhcp_opts' in given)
    changes['extra_dhcp_opts'] = optionsOf(before.extra_dhcp_opts, given['extra_dhcp_opts']);
  const changed: PortDocument = { ...before, ...changes };
  refusePairsWithoutSecurity(changed);
  await refuseUnfiltered(call, changed);
  const isRequestNew = 'qos_policy_id' in given || 'binding:vnic_type' in given;
  if (isRequestNew) await checkPolicy(call, changed, before.qos_policy_id);
  const requested = isRequestNew
    ? { ...changed, resource_request: await requestedResources(call, changed) }
    : changed;
  const port = await rebind(call, before, requested);
  await noteLocalPort(call, before, port);
  await spreadMembers(call, before, port);
  if (port.mac_address !== before.mac_address) await showMac(call, port.id);
  return port;
}

async function removePort(call: WriteCall, port: PortDocument): Promise<void> {
  await refuseTrunkPort(call, port.id);
  const attachments = await attachmentsOf(call, port.id);
  refuseMoving(port, attachments);
  for (const attachment of attachments) await dropAttachment(call, attachment);
  const bindings = await listDocuments<PortBindingDocument>(call.db, PORT_BINDING_KIND, [
    { field: 'port_id', values: [port.id] },
  ]);
  for (const binding of bindings) await removeDocument(call, PORT_BINDING_KIND, binding);
  await releaseAddresses(call, port.id, port.fixed_ips);
  await releaseMac(call, port.network_id, port.id, port.mac_address);
  await removeDocument(call, PORT_KIND, port);
  await noteLocalPort(call, port, null);
  await spreadMembers(call, port, null);
}

async function addressRequest(
  call: WriteCall,
  of: {
    readonly id: string;
    readonly mac: string;
    readonly network: NetworkDocument;
    readonly deviceOwner: string;
  },
): Promise<AddressRequest> {
  const subnets = await subnetsOf(call, of.network);
  // Subnets for one kind of device serve no others; where one is made for this kind, it alone does.
  const special = subnets.filter(({ service_types: types }) => types.includes(of.deviceOwner));
  const general = subnets.filter(({ service_types: types }) => types.length === 0);
  return {
    portId: of.id,
    networkId: of.network.id,
    mac: of.mac,
    subnets: special.length > 0 ? special : general,
  };
}

async function securityGroupsOf(
  call: WriteCall,
  projectId: string,
  isSecured: boolean,
  asked: unknown,
): Promise<readonly string[]> {
  if (!isSecured) {
    if (!Array.isArray(asked) || asked.length === 0) return [];
    throw conflict(
      'PortSecurityPortHasSecurityGroup',
      'Port has security group associated. Cannot disable port security or ip address until security group is removed.',
    );
  }
  if (!Array.isArray(asked)) return [await ensureDefaultSecurityGroup(call, projectId)];
  for (const id of asked as string[]) await getVisible(call, SECURITY_GROUP, id);
  return asked as string[];
}

function pairsOf(given: unknown, mac: string): readonly AddressPair[] {
  const pairs = (given ?? []) as readonly Partial<AddressPair>[];
  if (pairs.length > MOST_ADDRESS_PAIRS) {
    throw invalidInput(`The number of allowed address pair exceeds the maximum ${MOST_ADDRESS_PAIRS}`);
  }
  return pairs.map((pair) => ({
    mac_address: pair.mac_address ?? mac,
    ip_address: String(pair.ip_address),
  }));
}

function refusePairsWithoutSecurity(port: PortDocument): void {
  if (port.port_security_enabled || port.allowed_address_pairs.length === 0) return;
  throw conflict(
    'AddressPairAndPortSecurityRequired',
    'Port Security must be enabled in order to have allowed address pairs on a port.',
  );
}

/** New ones replace old ones of their name and version; without a value they take them away. */
function optionsOf(before: readonly DhcpOption[], given: unknown): readonly DhcpOption[] {
  const options = new Map(before.map((option) => [`${option.opt_name}/${option.ip_version}`, option]));
  for (const one of (given ?? []) as readonly Given[]) {
    const { opt_name: name, opt_value: value, ip_version: version } = one;
    const ipVersion = version === 6 ? 6 : 4;
    const key = `${String(name)}/${ipVersion}`;
    if (typeof value === 'string')
      options.set(key, { opt_name: String(name), opt_value: value, ip_version: ipVersion });
    else options.delete(key);
  }
  return [...options.values()];
}

/** @throws {NeutronError} QosPolicyNotFound, QosRuleNotSupported */
async function checkPolicy(call: WriteCall, port: PortDocument, before: string | null): Promise<void> {
  const { qos_policy_id: policyId } = port;
  // What an administrator gave to a port need not be seen by its owner.
  if (policyId !== null && policyId !== before) await getVisible(call, QOS_POLICY, policyId);
  await refusePolicy(call, port);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
