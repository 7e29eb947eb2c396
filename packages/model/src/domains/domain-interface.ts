import type { MacAddress } from '../ethernet/index.ts';
import { SriovError } from '../errors/index.ts';
import { type AttachmentId, type NetdevName, parseAttachmentId } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';

/** Where the frames of a guest's interface go. */
export type InterfaceSource =
  /** A VF that the guest drives itself: `<interface type='hostdev'>`. */
  | { readonly kind: 'vf'; readonly pciAddress: PciAddress }
  /** A VF that the host drives, with a tap in the guest: `<interface type='direct'>`, mode passthrough. */
  | { readonly kind: 'macvtap'; readonly netdevName: NetdevName }
  /** A device that is no VF, given away whole: `<hostdev>`. It has no MAC of ours. */
  | { readonly kind: 'pci-device'; readonly pciAddress: PciAddress }
  | { readonly kind: 'bridge'; readonly bridge: NetdevName }
  /** `interfaceId`: by which Open vSwitch's controllers know the port. */
  | { readonly kind: 'ovs'; readonly bridge: NetdevName; readonly interfaceId: string | null };

/** One MAC on two interfaces: the guest's virtio driver sends by the VF while it is there, and by itself otherwise. */
export type Teaming =
  | { readonly kind: 'persistent' }
  /** Comes and goes; `persistent`: alias of the other one. */
  | { readonly kind: 'transient'; readonly persistent: string };

/** An interface as it shall be plugged. */
export interface DomainInterface {
  /** libvirt's name of the device; of ours it tells the attachment, so that libvirt itself remembers what is whose. */
  readonly alias: string;
  /** null: the source has its own. */
  readonly mac: MacAddress | null;
  /** Set by the host, for sources that can; null: none. */
  readonly vlanId: number | null;
  readonly source: InterfaceSource;
  readonly teaming: Teaming | null;
}

/** An interface as read from libvirt. */
export interface ObservedInterface {
  /** null: libvirt gave none yet, as in configurations of others. */
  readonly alias: string | null;
  readonly mac: MacAddress | null;
  readonly vlanId: number | null;
  /** null: one of a kind that is none of ours. */
  readonly source: InterfaceSource | null;
  readonly teaming: Teaming | null;
}

/** What an interface is to its port: the one, or the virtio one that stands by while the VF is away. */
export type InterfaceRole = 'port' | 'standby';

/** libvirt keeps aliases that begin with `ua-` as the user gave them: letters, digits, `-` and `_`. */
const PREFIX = 'ua-virtfn-';
const STANDBY = '_standby';
/** What of the ids of attachments libvirt can carry. */
const ATTACHMENT = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/;

/** @throws {SriovError} NAME_INVALID when libvirt cannot carry the id */
export function interfaceAlias(attachmentId: AttachmentId, role: InterfaceRole): string {
  if (!ATTACHMENT.test(attachmentId)) {
    throw new SriovError(
      'NAME_INVALID',
      `Cannot name an interface after attachment ${attachmentId}: libvirt takes letters, digits and dashes only`,
      { details: { attachment: attachmentId } },
    );
  }
  return `${PREFIX}${attachmentId}${role === 'standby' ? STANDBY : ''}`;
}

/** Whose an interface is by its alias; null: not one of ours. */
export function ownerOfAlias(
  alias: string | null,
): { readonly attachmentId: AttachmentId; readonly role: InterfaceRole } | null {
  if (alias === null || !alias.startsWith(PREFIX)) return null;
  const rest = alias.slice(PREFIX.length);
  const role = rest.endsWith(STANDBY) ? 'standby' : 'port';
  const id = role === 'standby' ? rest.slice(0, -STANDBY.length) : rest;
  return ATTACHMENT.test(id) ? { attachmentId: parseAttachmentId(id), role } : null;
}

/** Whether an interface is already what it shall be. What a kind does not show is not compared. */
export function isSameInterface(wanted: DomainInterface, found: ObservedInterface): boolean {
  if (found.source === null || !isSameSource(wanted.source, found.source)) return false;
  if (wanted.teaming?.kind !== found.teaming?.kind) return false;
  return wanted.mac === found.mac && wanted.vlanId === found.vlanId;
}

function isSameSource(a: InterfaceSource, b: InterfaceSource): boolean {
  switch (a.kind) {
    case 'vf':
    case 'pci-device':
      return a.kind === b.kind && a.pciAddress === b.pciAddress;
    case 'macvtap':
      return a.kind === b.kind && a.netdevName === b.netdevName;
    case 'bridge':
    case 'ovs':
      return a.kind === b.kind && a.bridge === b.bridge;
  }
}
