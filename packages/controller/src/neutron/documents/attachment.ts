import type { VfSettings } from '@virtfn/model';
import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

/** A VF, or a whole PF, that was given to a port. It is no object of Neutron's API. */
export interface AttachmentDocument extends Document {
  readonly port_id: string;
  readonly host_id: string;
  readonly pf: string;
  /** null: the whole PF. */
  readonly vf_index: number | null;
  readonly pci_address: string;
  readonly physical_network: string;
  readonly vnic_type: 'direct' | 'macvtap' | 'direct-physical';
  /** What is guaranteed to it of the PF's bandwidth, kbit/s. */
  readonly min_kbps: number;
  /**
   * `reserved`: for a binding that is not active yet; `wanted`: the host has not said yet what became of it;
   * `configured`, `failed`: it has.
   */
  readonly state: 'reserved' | 'wanted' | 'configured' | 'failed';
  /** As the host has read them back; null: it has not, or it is a whole PF. */
  readonly settings: VfSettings | null;
  /** Why it failed. */
  readonly reason: { readonly code: string; readonly message: string; readonly hint: string } | null;
  readonly created_at: string;
}

export const ATTACHMENT_KIND: Kind<AttachmentDocument> = {
  name: 'attachment',
  notFound: (id) => new NeutronError(404, 'AttachmentNotFound', `Attachment ${id} could not be found.`),
  fields: (attachment) => [
    ...reference('port_id', 'port', attachment.port_id),
    ...indexed('host_id', attachment.host_id),
  ],
};
