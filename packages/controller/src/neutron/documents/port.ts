import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

export interface AddressPair {
  readonly mac_address: string;
  readonly ip_address: string;
}

export interface DhcpOption {
  readonly opt_name: string;
  readonly opt_value: string;
  readonly ip_version: 4 | 6;
}

export const VNIC_TYPES = [
  'normal',
  'direct',
  'macvtap',
  'baremetal',
  'direct-physical',
  'virtio-forwarder',
  'smart-nic',
  'vdpa',
  'accelerator-direct',
  'accelerator-direct-physical',
  'remote-managed',
] as const;

export type WireVnicType = (typeof VNIC_TYPES)[number];

export type BindingProfile = Readonly<Record<string, unknown>>;

/** What a binding came to, in the words of `binding:*`. */
export interface BindingResult {
  readonly vif_type: 'unbound' | 'binding_failed' | 'hw_veb' | 'hostdev_physical';
  readonly vif_details: Readonly<Record<string, unknown>>;
}

/** A port as administrators see it. */
export interface PortDocument extends Document {
  readonly name: string;
  readonly network_id: string;
  readonly mac_address: string;
  readonly admin_state_up: boolean;
  /** `ACTIVE` once the agent has read back that the VF is right. */
  readonly status: 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';
  readonly device_id: string;
  readonly device_owner: string;
  readonly fixed_ips: readonly FixedIp[];
  readonly allowed_address_pairs: readonly AddressPair[];
  readonly extra_dhcp_opts: readonly DhcpOption[];
  readonly security_groups: readonly string[];
  readonly 'binding:vnic_type': WireVnicType;
  readonly 'binding:profile': BindingProfile;
  /** Empty: on no host. */
  readonly 'binding:host_id': string;
  readonly 'binding:vif_type': BindingResult['vif_type'];
  readonly 'binding:vif_details': BindingResult['vif_details'];
  readonly port_security_enabled: boolean;
  readonly qos_policy_id: string | null;
  readonly qos_network_policy_id: string | null;
  readonly numa_affinity_policy: 'required' | 'preferred' | 'legacy' | 'socket' | null;
  readonly propagate_uplink_status: boolean;
  readonly trusted: boolean | null;
  readonly ip_allocation: 'immediate' | 'deferred' | 'none';
  readonly tags: readonly string[];
  readonly revision_number: number;
}

export const PORT_KIND: Kind<PortDocument> = {
  name: 'port',
  notFound: (id) => new NeutronError(404, 'PortNotFound', `Port ${id} could not be found.`),
  fields: (port) => [
    ...reference('network_id', 'network', port.network_id),
    ...indexed('name', port.name),
    ...indexed('device_id', port.device_id),
    ...indexed('device_owner', port.device_owner),
    ...indexed('mac_address', port.mac_address),
    ...indexed('binding:host_id', port['binding:host_id']),
    ...reference('qos_policy_id', 'policy', port.qos_policy_id),
    ...port.fixed_ips.flatMap(({ subnet_id: subnet, ip_address: ip }) => [
      ...reference('fixed_ips.subnet_id', 'subnet', subnet),
      ...indexed('fixed_ips.ip_address', ip),
    ]),
    ...port.security_groups.flatMap((group) => reference('security_groups', 'security_group', group)),
  ],
};

/** A binding of a port to a host beside the one that it is active on: a live migration's destination. */
export interface PortBindingDocument extends Document {
  readonly port_id: string;
  readonly host: string;
  readonly vnic_type: WireVnicType;
  readonly profile: BindingProfile;
  readonly vif_type: BindingResult['vif_type'];
  readonly vif_details: BindingResult['vif_details'];
}

export const PORT_BINDING_KIND: Kind<PortBindingDocument> = {
  name: 'port_binding',
  notFound: (id) => {
    const [port, host] = id.split('/');
    return new NeutronError(
      404,
      'PortBindingNotFound',
      `Binding for port ${port} for host ${host} could not be found.`,
    );
  },
  fields: (binding) => reference('port_id', 'port', binding.port_id),
};
