import {
  ADDRESS_GROUP_KIND,
  ADDRESS_SCOPE_KIND,
  NETWORK_KIND,
  PORT_KIND,
  QOS_POLICY_KIND,
  SECURITY_GROUP_KIND,
  SECURITY_GROUP_RULE_KIND,
  SUBNET_KIND,
  SUBNETPOOL_KIND,
} from './documents/index.ts';
import type { Document, Kind } from './framework/index.ts';

/** A kind of object that may be shown to other projects, and what they then use it by. */
export interface SharedKind {
  /** Neutron's word for it in an RBAC policy. */
  readonly objectType: string;
  readonly kind: Pick<Kind<Document>, 'name' | 'notFound'>;
  readonly usedBy: readonly { readonly name: string; readonly field: string }[];
}

export const SHARED_KINDS: readonly SharedKind[] = [
  {
    objectType: 'network',
    kind: NETWORK_KIND,
    usedBy: [use(PORT_KIND, 'network_id'), use(SUBNET_KIND, 'network_id')],
  },
  {
    objectType: 'qos_policy',
    kind: QOS_POLICY_KIND,
    usedBy: [use(PORT_KIND, 'qos_policy_id'), use(NETWORK_KIND, 'qos_policy_id')],
  },
  {
    objectType: 'security_group',
    kind: SECURITY_GROUP_KIND,
    usedBy: [use(PORT_KIND, 'security_groups'), use(SECURITY_GROUP_RULE_KIND, 'remote_group_id')],
  },
  {
    objectType: 'address_scope',
    kind: ADDRESS_SCOPE_KIND,
    usedBy: [use(SUBNETPOOL_KIND, 'address_scope_id')],
  },
  { objectType: 'subnetpool', kind: SUBNETPOOL_KIND, usedBy: [use(SUBNET_KIND, 'subnetpool_id')] },
  {
    objectType: 'address_group',
    kind: ADDRESS_GROUP_KIND,
    usedBy: [use(SECURITY_GROUP_RULE_KIND, 'remote_address_group_id')],
  },
];

function use({ name }: { readonly name: string }, field: string): SharedKind['usedBy'][number] {
  return { name, field };
}
