import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

/** Where a network lies on the wire: Neutron's provider attributes. */
export interface ProviderSegment {
  readonly 'provider:network_type': 'flat' | 'vlan';
  readonly 'provider:physical_network': string;
  /** null: untagged. */
  readonly 'provider:segmentation_id': number | null;
}

/** A network as administrators see it. With one segment it has the provider attributes, with several `segments`. */
export interface NetworkDocument extends Document, Partial<ProviderSegment> {
  readonly name: string;
  readonly admin_state_up: boolean;
  readonly mtu: number;
  readonly status: 'ACTIVE';
  readonly subnets: readonly string[];
  readonly shared: boolean;
  readonly port_security_enabled: boolean;
  readonly qos_policy_id: string | null;
  readonly ipv4_address_scope: string | null;
  readonly ipv6_address_scope: string | null;
  readonly segments?: readonly ProviderSegment[];
  readonly revision_number: number;
}

/** A segment as `/v2.0/segments` shows it. */
export interface SegmentDocument extends Document {
  readonly network_id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly network_type: 'flat' | 'vlan';
  readonly physical_network: string;
  readonly segmentation_id: number | null;
  readonly revision_number: number;
}

export const NETWORK_KIND: Kind<NetworkDocument> = {
  name: 'network',
  notFound: (id) => new NeutronError(404, 'NetworkNotFound', `Network ${id} could not be found.`),
  fields: (network) => [
    ...indexed('name', network.name),
    ...reference('qos_policy_id', 'policy', network.qos_policy_id),
  ],
};

export const SEGMENT_KIND: Kind<SegmentDocument> = {
  name: 'segment',
  notFound: (id) => new NeutronError(404, 'SegmentNotFound', `Segment ${id} could not be found.`),
  fields: (segment) => [
    ...reference('network_id', 'network', segment.network_id),
    ...indexed('physical_network', segment.physical_network),
  ],
};
