import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed } from './index-values.ts';

export type Direction = 'egress' | 'ingress';

/** A rule of a policy. Rates in kbit/s, bursts in kbit. */
export type QosRule =
  | {
      readonly id: string;
      readonly type: 'bandwidth_limit';
      readonly max_kbps: number;
      readonly max_burst_kbps: number;
      readonly direction: Direction;
    }
  | {
      readonly id: string;
      readonly type: 'minimum_bandwidth';
      readonly min_kbps: number;
      readonly direction: Direction;
    }
  | { readonly id: string; readonly type: 'dscp_marking'; readonly dscp_mark: number };

export interface QosPolicyDocument extends Document {
  readonly name: string;
  readonly shared: boolean;
  readonly is_default: boolean;
  /** As a policy shows them: with its own id in each. */
  readonly rules: readonly (QosRule & { readonly qos_policy_id: string })[];
  readonly revision_number: number;
}

export const QOS_POLICY_KIND: Kind<QosPolicyDocument> = {
  name: 'policy',
  notFound: (id) => new NeutronError(404, 'QosPolicyNotFound', `QoS policy ${id} could not be found.`),
  fields: (policy) => [
    ...indexed('name', policy.name),
    ...policy.rules.flatMap((rule) => indexed('rule_id', rule.id)),
  ],
};
