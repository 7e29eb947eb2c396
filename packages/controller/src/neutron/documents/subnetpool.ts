import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

/** Prefixes that subnets are cut from. Lengths are of prefixes, in bits. */
export interface SubnetPoolDocument extends Document {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly ip_version: 4 | 6;
  readonly min_prefixlen: number;
  readonly max_prefixlen: number;
  readonly default_prefixlen: number;
  /** How much of the pool one project may have: addresses in IPv4, /64s in IPv6; null: no limit. */
  readonly default_quota: number | null;
  readonly address_scope_id: string | null;
  readonly shared: boolean;
  readonly is_default: boolean;
  readonly revision_number: number;
}

export const SUBNETPOOL_KIND: Kind<SubnetPoolDocument> = {
  name: 'subnetpool',
  notFound: (id) => new NeutronError(404, 'SubnetPoolNotFound', `Subnet pool ${id} could not be found.`),
  fields: (pool) => [
    ...indexed('name', pool.name),
    ...reference('address_scope_id', 'address_scope', pool.address_scope_id),
  ],
};
