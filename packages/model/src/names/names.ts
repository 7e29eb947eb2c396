import type { Branded } from '../brand.ts';
import { SriovError } from '../errors/index.ts';

/** Name of a host, as it reports itself: what Neutron calls `binding:host_id`. */
export type HostId = Branded<string, 'HostId'>;
/** Name of a network interface of the kernel: at most 15 bytes (IFNAMSIZ), no slash, no white space. */
export type NetdevName = Branded<string, 'NetdevName'>;
/** Name of the wire that PFs are joined to: Neutron's `physical_network`. */
export type PhysicalNetwork = Branded<string, 'PhysicalNetwork'>;
/** One giving of a VF to a port. A release names it, so that it cannot undo a later one. */
export type AttachmentId = Branded<string, 'AttachmentId'>;
export type PortId = Branded<string, 'PortId'>;
export type NetworkId = Branded<string, 'NetworkId'>;

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/;

function parseName(what: string, text: string): string {
  if (NAME.test(text)) return text;
  throw new SriovError(
    'NAME_INVALID',
    `Cannot use ${what} "${text.slice(0, 64)}": it has a character or a length not allowed`,
    {
      details: { what, found: text.slice(0, 64) },
    },
  );
}

/** @throws {SriovError} NAME_INVALID */
export const parseHostId = (text: string): HostId => parseName('host name', text) as HostId;
/** @throws {SriovError} NAME_INVALID */
export const parsePhysicalNetwork = (text: string): PhysicalNetwork =>
  parseName('physical network', text) as PhysicalNetwork;
/** @throws {SriovError} NAME_INVALID */
export const parseAttachmentId = (text: string): AttachmentId =>
  parseName('attachment', text) as AttachmentId;
/** @throws {SriovError} NAME_INVALID */
export const parsePortId = (text: string): PortId => parseName('port', text) as PortId;
/** @throws {SriovError} NAME_INVALID */
export const parseNetworkId = (text: string): NetworkId => parseName('network', text) as NetworkId;

/**
 * Parses the name of a network interface by the kernel's rule (dev_valid_name).
 *
 * @throws {SriovError} NAME_INVALID
 */
export function parseNetdevName(text: string): NetdevName {
  if (/^[^\s/:]{1,15}$/.test(text) && text !== '.' && text !== '..') return text as NetdevName;
  throw new SriovError(
    'NAME_INVALID',
    `Cannot use interface name "${text.slice(0, 64)}": the kernel does not allow it`,
    {
      details: { found: text.slice(0, 64) },
    },
  );
}
