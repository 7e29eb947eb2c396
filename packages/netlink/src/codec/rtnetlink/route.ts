import { AttributeReader } from '../wire/attribute-reader.ts';
import { AttributeWriter } from '../wire/attribute-writer.ts';
import { Bytes } from '../wire/bytes.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';
import { MessageFlag, type NetlinkMessage, type NetlinkRequest } from '../wire/message.ts';
import { Family, RTM_F_CLONED, RTN_UNICAST, Rta, Rtm } from './uapi.ts';

/** As much of a route as tells which links carry it. */
export interface Route {
  readonly family: 'ipv4' | 'ipv6';
  /** Bits of the destination; 0 is a default route. */
  readonly dstLength: number;
  /** 254 is main. */
  readonly table: number;
  /** The metric; the lowest wins. Null is 0. */
  readonly priority: number | null;
  /** ifIndex of each link it leads out of; more than one with several next hops. */
  readonly outIfIndexes: readonly number[];
}

/** struct rtmsg: u8 family, dst_len, src_len, tos, table, protocol, scope, type; u32 flags. */
const RTMSG_LENGTH = 12;
/** struct rtnexthop: u16 length, u8 flags, u8 hops, i32 ifindex. */
const NEXT_HOP_LENGTH = 8;

/** RTM_GETROUTE for all routes of a family, in all tables. */
export function encodeListRoutes(family: 'ipv4' | 'ipv6'): NetlinkRequest {
  const header = new Uint8Array(RTMSG_LENGTH);
  header[0] = Family[family];
  const payload = new AttributeWriter().raw(header).finish();
  return { type: Rtm.getRoute, flags: MessageFlag.dump, payload };
}

/**
 * Decodes RTM_NEWROUTE (fib_dump_info in net/ipv4/fib_semantics.c, rt6_fill_node in net/ipv6/route.c). Null for what
 * leads nowhere (blackhole, local, multicast), is a cached copy, or is of another family.
 *
 * @throws {NetlinkDecodeError}
 */
export function decodeRoute(message: NetlinkMessage): Route | null {
  if (message.type !== Rtm.newRoute) {
    throw new NetlinkDecodeError('a route', `a message of type ${message.type}`, 0);
  }
  const bytes = new Bytes(message.payload);
  const number = bytes.u8(0);
  const cached = (bytes.u32(8) & RTM_F_CLONED) !== 0;
  const family = number === Family.ipv4 ? 'ipv4' : number === Family.ipv6 ? 'ipv6' : null;
  if (family === null || bytes.u8(7) !== RTN_UNICAST || cached) return null;
  let table = bytes.u8(4);
  let priority: number | null = null;
  const outIfIndexes: number[] = [];
  for (const attributes = new AttributeReader(bytes, RTMSG_LENGTH); attributes.next(); ) {
    if (attributes.type === Rta.outIf) outIfIndexes.push(attributes.u32());
    else if (attributes.type === Rta.priority) priority = attributes.u32();
    else if (attributes.type === Rta.table) table = attributes.u32();
    else if (attributes.type === Rta.multipath) outIfIndexes.push(...decodeNextHops(attributes));
  }
  return { family, dstLength: bytes.u8(1), table, priority, outIfIndexes };
}

/** RTA_MULTIPATH holds structs with a length each, not attributes. */
function decodeNextHops(attribute: AttributeReader): readonly number[] {
  const ifIndexes: number[] = [];
  for (let at = 0; at < attribute.length; ) {
    const length = attribute.u16(at);
    if (length < NEXT_HOP_LENGTH) {
      throw new NetlinkDecodeError('a next hop', `length ${length}`, attribute.start + at);
    }
    ifIndexes.push(attribute.i32(at + 4));
    at += (length + 3) & ~3;
  }
  return ifIndexes;
}
