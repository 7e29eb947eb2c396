import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed } from './index-values.ts';

/** Subnet pools whose addresses do not overlap. */
export interface AddressScopeDocument extends Document {
  readonly name: string;
  readonly ip_version: 4 | 6;
  readonly shared: boolean;
}

export const ADDRESS_SCOPE_KIND: Kind<AddressScopeDocument> = {
  name: 'address_scope',
  notFound: (id) => new NeutronError(404, 'AddressScopeNotFound', `Address scope ${id} could not be found.`),
  fields: (scope) => [...indexed('name', scope.name)],
};
