import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed } from './index-values.ts';

/** Prefixes that rules of security groups may name together. */
export interface AddressGroupDocument extends Document {
  readonly name: string;
  readonly description: string;
  readonly addresses: readonly string[];
  readonly shared: boolean;
  readonly revision_number: number;
}

export const ADDRESS_GROUP_KIND: Kind<AddressGroupDocument> = {
  name: 'address_group',
  notFound: (id) => new NeutronError(404, 'AddressGroupNotFound', `Address group ${id} could not be found.`),
  fields: (group) => [...indexed('name', group.name)],
};
