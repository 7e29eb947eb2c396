import type { PortOutcome } from '@virtfn/contract/agent-link';
import type { VfSettings } from '@virtfn/model';
import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed, reference } from './index-values.ts';

/** The virtual machine that virtfn plugs a port into. */
export interface AttachmentPlug {
  readonly domain_id: string;
  readonly scope: 'live' | 'config' | 'both';
  /** Whether a virtio interface with the same MAC stands by. */
  readonly standby: boolean;
}

/** What a host has made ready for a machine that is to come, in its own words. */
export type PreparedPlace = Pick<
  Extract<PortOutcome, { readonly kind: 'prepared' }>,
  'uri' | 'pciAddress' | 'netdevName' | 'bridge'
>;

/** The part of an attachment in a live migration. */
export type AttachmentMove =
  /** `prepared`: as its host said; null: it has not. */
  | { readonly kind: 'arriving'; readonly migration_id: string; readonly prepared: PreparedPlace | null }
  | {
      readonly kind: 'departing';
      readonly migration_id: string;
      /** Of the attachment at the destination; null: it is not ready, and the machine stays where it is. */
      readonly destination: (PreparedPlace & { readonly attachmentId: string }) | null;
    };

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
   * `prepared`: it is ready for a machine that is to come; `configured`, `failed`: it has said so.
   */
  readonly state: 'reserved' | 'wanted' | 'prepared' | 'configured' | 'failed';
  /** As the host has read them back; null: it has not, or it is a whole PF. */
  readonly settings: VfSettings | null;
  /** Why it failed. */
  readonly reason: { readonly code: string; readonly message: string; readonly hint: string } | null;
  readonly created_at: string;
  /** null, or absent from attachments of before there was one: virtfn plugs it into nothing. */
  readonly plug?: AttachmentPlug | null;
  /** null or absent: its machine stays where it is. */
  readonly move?: AttachmentMove | null;
  /** Whether its host filters what passes it; absent: it does not. */
  readonly is_filtered?: boolean;
  /** What its filter hangs on, by the names that `filtering/` gives to it; absent: nothing. */
  readonly filter_refs?: readonly string[];
}

export const ATTACHMENT_KIND: Kind<AttachmentDocument> = {
  name: 'attachment',
  notFound: (id) => new NeutronError(404, 'AttachmentNotFound', `Attachment ${id} could not be found.`),
  fields: (attachment) => [
    ...reference('port_id', 'port', attachment.port_id),
    ...indexed('host_id', attachment.host_id),
    ...indexed('plug.domain_id', attachment.plug?.domain_id ?? ''),
    ...(attachment.filter_refs ?? []).flatMap((ref) => indexed('filter_refs', ref)),
  ],
};
