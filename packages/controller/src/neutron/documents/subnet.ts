import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

export type Ipv6Mode = 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless';

export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

export interface SubnetDocument extends Document {
  readonly name: string;
  readonly network_id: string;
  readonly ip_version: 4 | 6;
  readonly subnetpool_id: string | null;
  readonly enable_dhcp: boolean;
  readonly ipv6_ra_mode: Ipv6Mode | null;
  readonly ipv6_address_mode: Ipv6Mode | null;
  readonly gateway_ip: string | null;
  readonly cidr: string;
  readonly allocation_pools: readonly AllocationPool[];
  readonly host_routes: readonly { readonly destination: string; readonly nexthop: string }[];
  readonly dns_nameservers: readonly string[];
  readonly service_types: readonly string[];
  readonly segment_id: string | null;
  readonly revision_number: number;
}

export const SUBNET_KIND: Kind<SubnetDocument> = {
  name: 'subnet',
  notFound: (id) => new NeutronError(404, 'SubnetNotFound', `Subnet ${id} could not be found.`),
  fields: (subnet) => [
    ...indexed('name', subnet.name),
    ...indexed('cidr', subnet.cidr),
    ...reference('network_id', 'network', subnet.network_id),
    ...reference('subnetpool_id', 'subnetpool', subnet.subnetpool_id),
    ...reference('segment_id', 'segment', subnet.segment_id),
  ],
};

/** Whether hosts make their addresses themselves, of the prefix and their MAC. */
export function isAutoAddressed({ ip_version: version, ipv6_address_mode: mode }: SubnetDocument): boolean {
  return version === 6 && (mode === 'slaac' || mode === 'dhcpv6-stateless');
}
