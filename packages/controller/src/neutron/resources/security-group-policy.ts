import { isOfCard } from '../binding/port-of-document.ts';
import {
  PORT_KIND,
  type PortDocument,
  SECURITY_GROUP_KIND,
  type SecurityGroupDocument,
} from '../documents/index.ts';
import { canBeFiltered } from '../filtering/index.ts';
import { getDocument, listDocuments, type WriteCall } from '../framework/index.ts';
import { conflict } from '../wire/neutron-error.ts';
import { DEFAULT_GROUP_NAME, defaultRules } from './default-security-group.ts';
import { matchKey } from './security-group-rule-checks.ts';

const WHY = 'a VF cannot filter: its card enforces the MAC and the VLAN of the port, and nothing else';

/**
 * Where the operator wants no promise that does not hold: refuses a port of a card whose security groups say more than
 * the default and cannot be kept for its kind, or that may send from another MAC.
 *
 * @throws {NeutronError} Conflict
 */
export async function refuseUnfiltered(call: WriteCall, port: PortDocument): Promise<void> {
  if (call.settings.securityGroupPolicy !== 'strict' || !isOfCard(port['binding:vnic_type'])) return;
  const kind = port['binding:vnic_type'];
  // Whether its host filters is asked when it is bound to one.
  for (const id of canBeFiltered(kind) ? [] : port.security_groups) {
    const group = await getDocument<SecurityGroupDocument>(call.db, SECURITY_GROUP_KIND, id);
    const isOwnDefault = group.project_id === port.project_id && group.name === DEFAULT_GROUP_NAME;
    if (!isOwnDefault)
      throw unfiltered(`security group ${id} of ${kind} port ${port.id} is not the project's default`);
    if (!hasDefaultRules(group))
      throw unfiltered(`security group ${id} of ${kind} port ${port.id} has rules that are not the default`);
  }
  const other = port.allowed_address_pairs.find((pair) => pair.mac_address !== port.mac_address);
  if (other !== undefined)
    throw unfiltered(`${kind} port ${port.id} has an address pair with another MAC, ${other.mac_address}`);
}

/** The same for a group whose rules have changed. @throws {NeutronError} Conflict */
export async function refuseUnfilteredPorts(call: WriteCall, group: SecurityGroupDocument): Promise<void> {
  if (call.settings.securityGroupPolicy !== 'strict' || hasDefaultRules(group)) return;
  const ports = await listDocuments<PortDocument>(call.db, PORT_KIND, [
    { field: 'security_groups', values: [group.id] },
  ]);
  const port = ports.find(({ 'binding:vnic_type': kind }) => isOfCard(kind) && !canBeFiltered(kind));
  if (port !== undefined)
    throw unfiltered(`security group ${group.id} is that of ${port['binding:vnic_type']} port ${port.id}`);
}

function hasDefaultRules({ id, security_group_rules: rules }: SecurityGroupDocument): boolean {
  const any = {
    security_group_id: id,
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_address_group_id: null,
  };
  const wanted = defaultRules(id).map((rule) => matchKey({ ...any, ...rule }));
  const found = new Set(rules.map(matchKey));
  return found.size === wanted.length && wanted.every((key) => found.has(key));
}

const unfiltered = (found: string): Error => conflict('Conflict', `${found}, and ${WHY}.`);
