import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

export interface SubPort {
  readonly port_id: string;
  readonly segmentation_type: string;
  readonly segmentation_id: number;
}

/** A port that carries others, each in a VLAN of its own. */
export interface TrunkDocument extends Document {
  readonly name: string;
  readonly port_id: string;
  readonly admin_state_up: boolean;
  readonly status: 'DOWN';
  readonly sub_ports: readonly SubPort[];
  readonly revision_number: number;
}

export const TRUNK_KIND: Kind<TrunkDocument> = {
  name: 'trunk',
  notFound: (id) => new NeutronError(404, 'TrunkNotFound', `Trunk ${id} could not be found.`),
  fields: (trunk) => [
    ...indexed('name', trunk.name),
    ...reference('port_id', 'port', trunk.port_id),
    ...trunk.sub_ports.flatMap(({ port_id: port }) => reference('sub_ports.port_id', 'port', port)),
  ],
};
