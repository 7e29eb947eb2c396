import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

export interface SecurityGroupRuleDocument extends Document {
  readonly security_group_id: string;
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly direction: 'ingress' | 'egress';
  readonly protocol: string | null;
  readonly port_range_min: number | null;
  readonly port_range_max: number | null;
  readonly remote_ip_prefix: string | null;
  readonly remote_address_group_id: string | null;
  readonly normalized_cidr: string | null;
  readonly remote_group_id: string | null;
  readonly description: string | null;
  readonly revision_number: number;
}

/** A group as it is shown: with its rules, which are objects of their own as well. */
export interface SecurityGroupDocument extends Document {
  readonly name: string;
  readonly stateful: boolean;
  readonly description: string;
  readonly shared: boolean;
  readonly security_group_rules: readonly SecurityGroupRuleDocument[];
  readonly revision_number: number;
}

export const SECURITY_GROUP_KIND: Kind<SecurityGroupDocument> = {
  name: 'security_group',
  notFound: (id) => new NeutronError(404, 'SecurityGroupNotFound', `Security group ${id} does not exist`),
  fields: (group) => [...indexed('name', group.name)],
};

export const SECURITY_GROUP_RULE_KIND: Kind<SecurityGroupRuleDocument> = {
  name: 'security_group_rule',
  notFound: (id) =>
    new NeutronError(404, 'SecurityGroupRuleNotFound', `Security group rule ${id} does not exist`),
  fields: (rule) => [
    ...reference('security_group_id', 'security_group', rule.security_group_id),
    ...reference('remote_group_id', 'security_group', rule.remote_group_id),
    ...reference('remote_address_group_id', 'address_group', rule.remote_address_group_id),
  ],
};
