import { parseAddress } from '../wire/address.ts';
import { AttributeReader } from '../wire/attribute-reader.ts';
import { AttributeWriter } from '../wire/attribute-writer.ts';
import { Bytes } from '../wire/bytes.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';
import { MessageFlag, type NetlinkMessage, type NetlinkRequest } from '../wire/message.ts';
import { NDMSG_LENGTH, ndMessage } from './headers.ts';
import { Family, Nda, NTF_SELF, Nud, Rtm } from './uapi.ts';

/** Where an address is to be known. `vlan` null: in no VLAN in particular; many drivers allow only that. */
export interface FdbTarget {
  readonly ifIndex: number;
  readonly mac: string;
  readonly vlan: number | null;
}

/** A line of `bridge fdb show`. */
export interface FdbEntry extends FdbTarget {
  /** ifIndex of the bridge whose entry it is. */
  readonly master: number | null;
  /** NTF_SELF: an entry of the device itself; otherwise of the bridge it is in. */
  readonly self: boolean;
  /** NUD_PERMANENT: stays until it is removed. */
  readonly permanent: boolean;
}

/**
 * What `bridge fdb add MAC dev LINK [vlan V] self permanent` sends: the card lets frames to this address pass to the
 * host. Refused with EEXIST when it is there (ndo_dflt_fdb_add in net/core/rtnetlink.c).
 *
 * @throws {RangeError} when a value does not fit
 */
export function encodeAddFdb(target: FdbTarget): NetlinkRequest {
  const flags = MessageFlag.ack | MessageFlag.create | MessageFlag.exclusive;
  return { type: Rtm.newNeighbour, flags, payload: encodeTarget(target) };
}

/** What `bridge fdb del … self` sends. Refused with ENOENT when it is not there. @throws {RangeError} */
export function encodeRemoveFdb(target: FdbTarget): NetlinkRequest {
  return { type: Rtm.delNeighbour, flags: MessageFlag.ack, payload: encodeTarget(target) };
}

/**
 * RTM_GETNEIGH for the entries of one link, or of all with null. A kernel that was not asked for strict checking
 * (NETLINK_GET_STRICT_CHK) gives those of all links either way: look at `ifIndex`.
 */
export function encodeListFdb(ifIndex: number | null): NetlinkRequest {
  const payload = new AttributeWriter().raw(ndMessage(Family.bridge, ifIndex ?? 0, 0, 0));
  return { type: Rtm.getNeighbour, flags: MessageFlag.dump, payload: payload.finish() };
}

/**
 * Decodes RTM_NEWNEIGH of family AF_BRIDGE. Null for an entry without address (VXLAN default destinations have one of
 * zeros, other neighbours may have none).
 *
 * @throws {NetlinkDecodeError}
 */
export function decodeFdbEntry(message: NetlinkMessage): FdbEntry | null {
  if (message.type !== Rtm.newNeighbour) {
    throw new NetlinkDecodeError('an FDB entry', `a message of type ${message.type}`, 0);
  }
  const bytes = new Bytes(message.payload);
  if (bytes.u8(0) !== Family.bridge) return null;
  const [ifIndex, state, flags] = [bytes.i32(4), bytes.u16(8), bytes.u8(10)];
  let mac: string | null = null;
  let vlan: number | null = null;
  let master: number | null = null;
  for (const attributes = new AttributeReader(bytes, NDMSG_LENGTH); attributes.next(); ) {
    if (attributes.type === Nda.linkAddress) mac = attributes.address();
    else if (attributes.type === Nda.vlan) vlan = attributes.u16();
    else if (attributes.type === Nda.master) master = attributes.u32();
  }
  if (mac === null) return null;
  const permanent = (state & Nud.permanent) !== 0;
  return { ifIndex, mac, vlan, master, self: (flags & NTF_SELF) !== 0, permanent };
}

function encodeTarget({ ifIndex, mac, vlan }: FdbTarget): Uint8Array {
  const payload = new AttributeWriter()
    .raw(ndMessage(Family.bridge, ifIndex, Nud.noArp | Nud.permanent, NTF_SELF))
    .bytes(Nda.linkAddress, parseAddress(mac));
  if (vlan !== null) {
    if (!(vlan >= 1 && vlan <= 4094)) throw new RangeError(`Cannot encode VLAN ${vlan}: not from 1 to 4094`);
    payload.u16(Nda.vlan, vlan);
  }
  return payload.finish();
}
