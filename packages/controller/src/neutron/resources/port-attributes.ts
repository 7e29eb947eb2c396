import { VNIC_TYPES } from '../documents/index.ts';
import {
  type AttributeTable,
  fixed,
  type GiverOf,
  NAME,
  PROJECT_ATTRIBUTES,
  readOnly,
  STANDARD_ATTRIBUTES,
  TAGS,
  writable,
} from '../framework/index.ts';
import {
  boolean,
  dictionary,
  InvalidValue,
  ipAddress,
  ipAddressOrCidr,
  list,
  macAddress,
  nullable,
  oneOf,
  type ParseValue,
  record,
  set,
  text,
  uuid,
} from '../values/index.ts';

/** What Neutron keeps of a profile; longer ones are refused. */
const LONGEST_PROFILE = 4095;

/** Null and the empty text both mean that the port is on no host. */
const hostName: ParseValue<string> = (value) => (value === null ? '' : text(255)(value));

const ofOwner = { onCreate: 'network-owner', onUpdate: 'network-owner' } as const;
const ofAdmin = { onCreate: 'admin', onUpdate: 'admin', seenBy: 'admin' } as const;
/** Neutron's rule `network_device`: DHCP agents, routers and the like, which others on the wire trust. */
const giverOfOwner: GiverOf = (owner) =>
  typeof owner === 'string' && owner.startsWith('network:') ? 'network-owner' : 'anybody';
const hidden = { canFilter: false, canSort: false } as const;

/** A subnet, an address, or both; more than one filter of a list may name them. */
const fixedIp: ParseValue = (value) => {
  const parsed = record({ subnet_id: uuid, ip_address: ipAddress }, ['subnet_id', 'ip_address'])(value);
  if (Object.keys(parsed).length === 0)
    throw new InvalidValue('either subnet_id or ip_address must be given');
  return parsed;
};

/** Attributes of a port, in the order in which Neutron's policy names them. */
export const PORT_ATTRIBUTES: AttributeTable = {
  ...PROJECT_ATTRIBUTES,
  ...NAME,
  network_id: fixed(uuid, 'required'),
  admin_state_up: writable(boolean, { value: true }),
  // Null asks for a new one.
  mac_address: writable(nullable(macAddress), 'absent', { onCreate: 'network-owner', onUpdate: 'admin' }),
  fixed_ips: writable(list(fixedIp), 'absent', { ...ofOwner, canSort: false, canFilter: false }),
  device_id: writable(text(255), { value: '' }),
  device_owner: writable(text(255), { value: '' }, { onCreate: giverOfOwner, onUpdate: giverOfOwner }),
  status: readOnly(),
  port_security_enabled: writable(boolean, 'absent', ofOwner),
  qos_policy_id: writable(nullable(uuid), { value: null }),
  qos_network_policy_id: readOnly(hidden),
  security_groups: writable(set(uuid), 'absent', { canSort: false }),
  'binding:vnic_type': writable(oneOf(VNIC_TYPES), { value: 'normal' }, { hasRule: true }),
  'binding:vif_type': readOnly({ seenBy: 'admin' }),
  'binding:vif_details': readOnly({ ...hidden, seenBy: 'admin' }),
  'binding:host_id': writable(hostName, { value: '' }, ofAdmin),
  'binding:profile': writable(dictionary(LONGEST_PROFILE), { value: {} }, { ...ofAdmin, ...hidden }),
  allowed_address_pairs: writable(
    list(record({ mac_address: macAddress, ip_address: ipAddressOrCidr }, ['mac_address'])),
    { value: [] },
    { ...ofOwner, ...hidden },
  ),
  extra_dhcp_opts: writable(
    list(
      record({ opt_name: text(64), opt_value: nullable(text(255)), ip_version: oneOfNumbers(4, 6) }, [
        'ip_version',
      ]),
    ),
    { value: [] },
    hidden,
  ),
  numa_affinity_policy: writable(
    nullable(oneOf(['required', 'preferred', 'legacy', 'socket'])),
    { value: null },
    { ...ofAdmin, ...hidden },
  ),
  propagate_uplink_status: writable(boolean, { value: true }, hidden),
  trusted: writable(nullable(boolean), { value: null }, { ...ofAdmin, ...hidden }),
  resource_request: readOnly({ ...hidden, seenBy: 'admin' }),
  trunk_details: readOnly(hidden),
  ip_allocation: readOnly(),
  ...STANDARD_ATTRIBUTES,
  ...TAGS,
};

function oneOfNumbers(...numbers: readonly number[]): ParseValue<number> {
  return (value) => {
    const found = numbers.find((each) => each === value || String(each) === value);
    if (found === undefined) throw new InvalidValue(`${String(value)} is not in valid_values`);
    return found;
  };
}
