import { AttributeReader } from './attribute-reader.ts';
import { Bytes } from './bytes.ts';
import { NetlinkDecodeError } from './decode-error.ts';
import { MessageFlag, MessageType, type NetlinkMessage } from './message.ts';

/** enum nlmsgerr_attrs, include/uapi/linux/netlink.h. */
const ATTR_MSG = 1;
const ATTR_OFFS = 2;
const ATTR_MISS_TYPE = 5;
const MESSAGE_HEADER = 16;

/** How the kernel closes a request: NLMSG_ERROR or NLMSG_DONE, with what it says beside the number. */
export interface Acknowledgement {
  /** Positive errno; 0 is success. */
  readonly errno: number;
  /** The kernel's own sentence, where it has one. Never branch on it. */
  readonly message: string | null;
  /** Byte in the request, counted from its header, where the attribute stands that was refused. */
  readonly offset: number | null;
  /** Type of the attribute that is missing in the request. */
  readonly missingAttribute: number | null;
}

/**
 * Decodes NLMSG_ERROR (netlink_ack in net/netlink/af_netlink.c) or NLMSG_DONE (netlink_dump_done).
 *
 * @throws {NetlinkDecodeError} when the message is another, or malformed
 */
export function decodeAcknowledgement(message: NetlinkMessage): Acknowledgement {
  if (message.type !== MessageType.error && message.type !== MessageType.done) {
    throw new NetlinkDecodeError('an acknowledgement', `a message of type ${message.type}`, 0);
  }
  const bytes = new Bytes(message.payload);
  const number = bytes.i32(0);
  let [text, offset, missing]: [string | null, number | null, number | null] = [null, null, null];
  if ((message.flags & MessageFlag.ackAttributes) !== 0) {
    const start = startOfAttributes(message, bytes);
    for (const attributes = new AttributeReader(bytes, start); attributes.next(); ) {
      if (attributes.type === ATTR_MSG) text = attributes.text();
      else if (attributes.type === ATTR_OFFS) offset = attributes.u32();
      else if (attributes.type === ATTR_MISS_TYPE) missing = attributes.u32();
    }
  }
  return { errno: number < 0 ? -number : 0, message: text, offset, missingAttribute: missing };
}

/** The attributes stand after what the kernel repeats of the request: nothing, its header, or all of it. */
function startOfAttributes(message: NetlinkMessage, bytes: Bytes): number {
  if (message.type === MessageType.done) return 4;
  const capped = (message.flags & MessageFlag.capped) !== 0;
  const repeated = capped ? MESSAGE_HEADER : Math.max(MESSAGE_HEADER, bytes.u32(4));
  return 4 + Math.ceil(repeated / 4) * 4;
}
