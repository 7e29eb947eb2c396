import { AttributeReader } from '../wire/attribute-reader.ts';
import { Bytes } from '../wire/bytes.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';
import type { NetlinkMessage } from '../wire/message.ts';
import { IFINFO_LENGTH } from './headers.ts';
import { decodeLinkStats, type LinkStats } from './link-stats.ts';
import { Family, Iff, Ifla, IflaInfo, Rtm } from './uapi.ts';
import type { VfInfo } from './vf-info.ts';
import { decodeVfList } from './vf-list.ts';

/** RFC 2863 in the order of include/uapi/linux/if.h. */
const operStates = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'] as const;

export type OperState = (typeof operStates)[number];

/** A network interface as RTM_NEWLINK tells it. Null: the kernel did not say, or there is none. */
export interface Link {
  readonly ifIndex: number;
  readonly name: string;
  readonly altNames: readonly string[];
  /** ARPHRD_*: 1 Ethernet, 32 InfiniBand, 772 loopback. */
  readonly hardwareType: number;
  /** "52:54:00:00:00:01", of any length; null for a link without addresses. */
  readonly address: string | null;
  /** The address burnt in. */
  readonly permAddress: string | null;
  readonly mtu: number | null;
  /** IFF_*, all bits. */
  readonly flags: number;
  /** IFF_UP: set up by the administrator. */
  readonly up: boolean;
  readonly operState: OperState | null;
  readonly carrier: boolean | null;
  /** ifIndex of the bridge or bond it is in. */
  readonly master: number | null;
  /** ifIndex of its lower or peer link; in the namespace `linkNetnsId` if that is not null. */
  readonly link: number | null;
  readonly linkNetnsId: number | null;
  /** "veth", "bridge", "macvtap" …; null for hardware. */
  readonly kind: string | null;
  /** "p0", "pf0vf3": how the card calls the port. */
  readonly physPortName: string | null;
  /** Hexadecimal; the same for all ports of one eswitch. */
  readonly physSwitchId: string | null;
  /** "0000:3b:00.0", since Linux 5.14. */
  readonly parentDevName: string | null;
  /** "pci", "virtio". */
  readonly parentBusName: string | null;
  /** Counters of the link as a whole. */
  readonly stats: LinkStats | null;
  /** VFs enabled; null when not asked for or no PF. */
  readonly numVfs: number | null;
  /** Empty when not asked for. A VF of which the driver says nothing is left out by the kernel. */
  readonly vfs: readonly VfInfo[];
  /** The list had more VFs than netlink can hold and could not be recovered: `vfs` is empty, ask without counters. */
  readonly vfListTruncated: boolean;
}

export interface LinkEvent {
  readonly kind: 'changed' | 'deleted';
  /** As after the change, without VFs: the kernel leaves them out of notifications. */
  readonly link: Link;
}

/**
 * Decodes RTM_NEWLINK or RTM_DELLINK (rtnl_fill_ifinfo in net/core/rtnetlink.c).
 *
 * @throws {NetlinkDecodeError} also when the link has no name, as then something else was taken for one
 */
export function decodeLink(message: NetlinkMessage): Link {
  if (message.type !== Rtm.newLink && message.type !== Rtm.delLink) {
    throw new NetlinkDecodeError('a link', `a message of type ${message.type}`, 0);
  }
  const bytes = new Bytes(message.payload);
  const flags = bytes.u32(8);
  const link: { -readonly [Key in keyof Link]: Link[Key] } = {
    ifIndex: bytes.i32(4),
    name: '',
    altNames: [],
    hardwareType: bytes.u16(2),
    address: null,
    permAddress: null,
    mtu: null,
    flags,
    up: (flags & Iff.up) !== 0,
    operState: null,
    carrier: null,
    master: null,
    link: null,
    linkNetnsId: null,
    kind: null,
    physPortName: null,
    physSwitchId: null,
    parentDevName: null,
    parentBusName: null,
    stats: null,
    numVfs: null,
    vfs: [],
    vfListTruncated: false,
  };
  const attributes = new AttributeReader(bytes, IFINFO_LENGTH, bytes.length, Ifla.vfInfoList);
  while (attributes.next()) {
    switch (attributes.type) {
      case Ifla.ifname:
        link.name = attributes.text();
        break;
      case Ifla.propList:
        link.altNames = decodeAltNames(attributes.nest());
        break;
      case Ifla.address:
        if (attributes.length > 0) link.address = attributes.address();
        break;
      case Ifla.permAddress:
        if (attributes.length > 0) link.permAddress = attributes.address();
        break;
      case Ifla.mtu:
        link.mtu = attributes.u32();
        break;
      case Ifla.operState:
        link.operState = operStates[attributes.u8()] ?? null;
        break;
      case Ifla.carrier:
        link.carrier = attributes.u8() !== 0;
        break;
      case Ifla.master:
        link.master = attributes.u32();
        break;
      case Ifla.link:
        // 0: the other end is a tunnel's, bound to no link.
        link.link = attributes.u32() === 0 ? null : attributes.u32();
        break;
      case Ifla.linkNetnsId:
        link.linkNetnsId = attributes.i32();
        break;
      case Ifla.linkInfo:
        link.kind = decodeKind(attributes.nest());
        break;
      case Ifla.physPortName:
        link.physPortName = attributes.text();
        break;
      case Ifla.physSwitchId:
        link.physSwitchId = attributes.address().replaceAll(':', '');
        break;
      case Ifla.parentDevName:
        link.parentDevName = attributes.text();
        break;
      case Ifla.parentDevBusName:
        link.parentBusName = attributes.text();
        break;
      case Ifla.stats64:
        link.stats = decodeLinkStats(attributes);
        break;
      case Ifla.numVf:
        link.numVfs = attributes.u32();
        break;
      case Ifla.vfInfoList: {
        // The address stands before the list; a VF's is as long as its PF's.
        const { vfs, end } = decodeVfList(attributes, link.address?.split(':').length ?? 6);
        link.vfs = vfs;
        link.vfListTruncated = end === null;
        attributes.continueAt(end ?? attributes.end);
        break;
      }
      default: // of no use to us, or newer than this code
    }
  }
  if (link.name === '') throw new NetlinkDecodeError('a link', 'no name', bytes.length);
  return link;
}

/**
 * Decodes a notification of RTNLGRP_LINK. Null: it is not about the link itself. A bridge tells of its ports with the
 * same types, and its RTM_DELLINK means that the link has left the bridge (br_ifinfo_notify in net/bridge/br_netlink.c).
 *
 * @throws {NetlinkDecodeError}
 */
export function decodeLinkEvent(message: NetlinkMessage): LinkEvent | null {
  if (message.type !== Rtm.newLink && message.type !== Rtm.delLink) return null;
  if (new Bytes(message.payload).u8(0) === Family.bridge) return null;
  return { kind: message.type === Rtm.newLink ? 'changed' : 'deleted', link: decodeLink(message) };
}

function decodeAltNames(attributes: AttributeReader): readonly string[] {
  const names: string[] = [];
  while (attributes.next()) if (attributes.type === Ifla.altIfname) names.push(attributes.text());
  return names;
}

function decodeKind(attributes: AttributeReader): string | null {
  while (attributes.next()) if (attributes.type === IflaInfo.kind) return attributes.text();
  return null;
}
