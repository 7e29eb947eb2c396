import { AttributeWriter } from '../wire/attribute-writer.ts';
import { MessageFlag, type NetlinkRequest } from '../wire/message.ts';
import { ifInfo } from './headers.ts';
import { ExtMask, Family, Iff, Ifla, Rtm } from './uapi.ts';

/** Which link: by number, or by its name or one of its altnames. */
export type LinkSelector = { readonly ifIndex: number } | { readonly name: string };

/**
 * How much of each link to tell. 'vfs': with numVfs and the VFs. 'vfs-and-stats': with their counters as well, which some
 * drivers fetch from firmware, and which brings the limit of netlink from 334 VFs a PF to 221 (vf-list.ts).
 */
export type LinkDetail = 'plain' | 'vfs' | 'vfs-and-stats';

/** One change of a link. 'name' needs the link down on kernels before 6.2. */
export type LinkChange =
  | { readonly kind: 'admin-state'; readonly up: boolean }
  | { readonly kind: 'mtu'; readonly mtu: number }
  | { readonly kind: 'name'; readonly name: string };

/** Longest name without NUL: IFNAMSIZ and ALTIFNAMSIZ, include/uapi/linux/if.h. */
const NAME_LENGTH = 15;
const ALT_NAME_LENGTH = 127;

/** RTM_GETLINK for all links of the namespace. */
export function encodeListLinks(detail: LinkDetail): NetlinkRequest {
  const payload = new AttributeWriter().raw(ifInfo(Family.unspecified)).u32(Ifla.extMask, extMask(detail));
  return { type: Rtm.getLink, flags: MessageFlag.dump, payload: payload.finish() };
}

/**
 * RTM_GETLINK for one link.
 *
 * @throws {RangeError} when the name is empty or longer than 127 bytes
 */
export function encodeGetLink(selector: LinkSelector, detail: LinkDetail): NetlinkRequest {
  const payload = new AttributeWriter();
  if ('ifIndex' in selector) payload.raw(ifInfo(Family.unspecified, selector.ifIndex));
  else {
    const length = checkName(selector.name, ALT_NAME_LENGTH);
    const attribute = length > NAME_LENGTH ? Ifla.altIfname : Ifla.ifname;
    payload.raw(ifInfo(Family.unspecified)).text(attribute, selector.name);
  }
  payload.u32(Ifla.extMask, extMask(detail));
  return { type: Rtm.getLink, flags: MessageFlag.ack, payload: payload.finish() };
}

/**
 * RTM_SETLINK with one change, so that a refusal is about it and nothing else was done.
 *
 * @throws {RangeError} when a value does not fit its field
 */
export function encodeSetLink(ifIndex: number, change: LinkChange): NetlinkRequest {
  const payload = new AttributeWriter();
  switch (change.kind) {
    case 'admin-state':
      payload.raw(ifInfo(Family.unspecified, ifIndex, change.up ? Iff.up : 0, Iff.up));
      break;
    case 'mtu':
      payload.raw(ifInfo(Family.unspecified, ifIndex)).u32(Ifla.mtu, change.mtu);
      break;
    case 'name':
      checkName(change.name, NAME_LENGTH);
      payload.raw(ifInfo(Family.unspecified, ifIndex)).text(Ifla.ifname, change.name);
      break;
  }
  return { type: Rtm.setLink, flags: MessageFlag.ack, payload: payload.finish() };
}

function extMask(detail: LinkDetail): number {
  const vf = detail === 'plain' ? 0 : ExtMask.vf;
  return detail === 'vfs-and-stats' ? vf : vf | ExtMask.skipStats;
}

function checkName(name: string, longest: number): number {
  const length = Buffer.byteLength(name);
  if (length > 0 && length <= longest) return length;
  throw new RangeError(`Cannot encode link name "${name}": ${length} bytes, not 1 to ${longest}`);
}
