import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

/** A kind of service that users choose by name; the profiles say who serves it. */
export interface FlavorDocument extends Document {
  readonly name: string;
  readonly description: string | null;
  readonly service_type: string;
  readonly enabled: boolean;
  readonly service_profiles: readonly string[];
}

/** How a service of a flavor is made: `metainfo` is the driver's own text. */
export interface ServiceProfileDocument extends Document {
  readonly description: string | null;
  readonly driver: string;
  readonly metainfo: string;
  readonly enabled: boolean;
}

export const FLAVOR_KIND: Kind<FlavorDocument> = {
  name: 'flavor',
  notFound: (id) => new NeutronError(404, 'FlavorNotFound', `Flavor ${id} could not be found.`),
  fields: (flavor) => [
    ...indexed('name', flavor.name),
    ...flavor.service_profiles.flatMap((id) => reference('service_profiles', 'service_profile', id)),
  ],
};

export const SERVICE_PROFILE_KIND: Kind<ServiceProfileDocument> = {
  name: 'service_profile',
  notFound: (id) =>
    new NeutronError(404, 'ServiceProfileNotFound', `Service Profile ${id} could not be found.`),
  fields: () => [],
};
