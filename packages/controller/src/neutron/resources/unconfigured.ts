import { type Document, readOnly, resource, type Resource } from '../framework/index.ts';
import { resourceNotFound } from '../wire/index.ts';

const rules = { get: 'member', create: null, update: null, remove: null } as const;

/** `/v2.0/availability_zones`: hosts are in none, so there is none to choose. */
export const AVAILABILITY_ZONE: Resource = resource<Document>({
  name: 'availability_zone',
  collection: 'availability_zones',
  quota: null,
  rules,
  notFound: resourceNotFound,
  fields: () => [],
  indexed: new Set(),
  attributes: { name: readOnly(), resource: readOnly(), state: readOnly() },
  compute: async () => [],
});

/** `/v2.0/service-providers`: who serves load balancers and the like; nobody does. */
export const SERVICE_PROVIDER: Resource = resource<Document>({
  name: 'service_provider',
  collection: 'service_providers',
  path: 'service-providers',
  quota: null,
  rules,
  notFound: resourceNotFound,
  fields: () => [],
  indexed: new Set(),
  attributes: { service_type: readOnly(), name: readOnly(), default: readOnly() },
  compute: async () => [],
});
