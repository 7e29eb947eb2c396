import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import type { BindingProfile, BindingResult } from './port.ts';
import { indexed } from './index-values.ts';

/** One port of a machine that is moved. */
export interface MigratingPort {
  readonly port_id: string;
  readonly kind: 'direct' | 'macvtap' | 'failover';
  readonly source_attachment_id: string;
  readonly destination_attachment_id: string;
  /** What the port's binding becomes when the machine is there. */
  readonly binding: BindingResult & { readonly profile: BindingProfile };
}

/** A live migration of a virtual machine with its ports. It is no object of Neutron's API. */
export interface MigrationDocument extends Document {
  readonly domain_id: string;
  readonly vm_name: string | null;
  readonly source_host: string;
  readonly destination_host: string;
  readonly state: 'preparing' | 'moving' | 'done' | 'failed';
  readonly ports: readonly MigratingPort[];
  /** Whether the destination has said that the machine runs there: it cannot go back then. */
  readonly has_arrived: boolean;
  readonly reason: { readonly code: string; readonly message: string; readonly hint: string } | null;
  readonly started_at: string;
  readonly moving_at: string | null;
  readonly ended_at: string | null;
}

export const MIGRATION_KIND: Kind<MigrationDocument> = {
  name: 'migration',
  notFound: (id) => new NeutronError(404, 'MigrationNotFound', `Migration ${id} could not be found.`),
  fields: (migration) => [
    ...indexed('state', migration.state),
    ...indexed('host', migration.source_host),
    ...indexed('host', migration.destination_host),
    ...indexed('destination_host', migration.destination_host),
    ...indexed('domain_id', migration.domain_id),
  ],
};

export function isUnderWay({ state }: Pick<MigrationDocument, 'state'>): boolean {
  return state === 'preparing' || state === 'moving';
}
