import type { HostRefusal } from '../../scheduler/index.ts';
import type {
  AttachmentDocument,
  BindingProfile,
  BindingResult,
  PortDocument,
  WireVnicType,
} from '../documents/index.ts';
import { canBeFiltered } from '../filtering/index.ts';
import type { WriteCall } from '../framework/index.ts';
import { refuseUncarried } from '../resources/trunk-ports.ts';
import { takeAttachment, type TakenAttachment } from './attachments.ts';
import { chooseOfHost } from './choose.ts';
import { isOfCard } from './port-of-document.ts';
import { searchesOf } from './search.ts';
import { withTaken } from './taken.ts';

/** Where a port shall be bound. */
export interface BindingRequest {
  readonly port: PortDocument;
  readonly hostId: string;
  readonly vnicType: WireVnicType;
  readonly profile: BindingProfile;
  /** The wire that it must be; absent: any of the network's. */
  readonly physicalNetwork?: string;
}

export type BindingOutcome =
  | {
      readonly kind: 'bound';
      readonly result: BindingResult;
      /** With the VF that was taken, where the caller named none. */
      readonly profile: BindingProfile;
      /** Taken, but not kept yet: the port comes first. */
      readonly taken: TakenAttachment;
    }
  | { readonly kind: 'failed'; readonly why: readonly HostRefusal[]; readonly text: string };

/** Binds a port to a host: takes the VF that the profile names, or one that will do. */
export async function bindPort(call: WriteCall, request: BindingRequest): Promise<BindingOutcome> {
  const { port, hostId, vnicType, profile, physicalNetwork } = request;
  if (!isOfCard(vnicType)) return failed(`ports of kind ${vnicType} are not made here`);
  await refuseUncarried(call, port);
  const host = call.settings.fleet.find(hostId);
  if (host === undefined) return failed(`no agent of host "${hostId}" has reported`);
  const known = await withTaken(call, host);
  const why: HostRefusal[] = [];
  let text = 'the network has no segment';
  for (const search of await searchesOf(call, { port, vnicType, profile })) {
    const { segment, qos } = search;
    if (physicalNetwork !== undefined && segment.physicalNetwork !== physicalNetwork) continue;
    const choice = chooseOfHost(search, known);
    if (choice.kind === 'hopeless') return failed(choice.text);
    if (choice.kind === 'refused') {
      why.push(...choice.hosts);
      text = `host ${hostId} has no VF for it`;
      continue;
    }
    const { pf, vfIndex, pciAddress } = choice;
    const isFiltered = canBeFiltered(vnicType) && known.canFilter;
    const asked = { port, hostId, pf, vfIndex, pciAddress, vnicType, isFiltered, segment, qos };
    const attachment = await takeAttachment(call, asked);
    if (attachment === null) return failed(`another port has ${pciAddress}`);
    const vlan = segment.kind === 'vlan' ? segment.segmentationId : 0;
    return {
      kind: 'bound',
      taken: { attachment, segment, qos },
      profile: withFunction(profile, attachment),
      result: {
        vif_type: vnicType === 'direct-physical' ? 'hostdev_physical' : 'hw_veb',
        // Nova reads the VLAN, and as a text; 0 is none.
        vif_details: { port_filter: isFiltered, connectivity: 'l2', vlan: String(vlan) },
      },
    };
  }
  return { kind: 'failed', why, text };
}

function failed(text: string): BindingOutcome {
  return { kind: 'failed', why: [], text };
}

/** Who named no function finds in the profile, in Nova's words, which one it is. */
function withFunction(profile: BindingProfile, attachment: AttachmentDocument): BindingProfile {
  if (typeof profile['pci_slot'] === 'string' && profile['pci_slot'] !== '') return profile;
  return {
    ...profile,
    pci_slot: attachment.pci_address,
    physical_network: attachment.physical_network,
  };
}
