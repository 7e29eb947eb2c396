import { Bytes, littleEndian } from './bytes.ts';
import { NetlinkDecodeError } from './decode-error.ts';

/** nlmsg_flags, from include/uapi/linux/netlink.h. The same bits mean other things in GET, NEW and ACK messages. */
export const MessageFlag = {
  request: 0x01,
  multi: 0x02,
  ack: 0x04,
  /** The state changed during the dump, so parts of it may be missing or twice: dump again. */
  dumpInterrupted: 0x10,
  /** GET: all objects. */
  dump: 0x300,
  /** NEW: do not touch what is there. */
  exclusive: 0x200,
  /** NEW: make what is not there. */
  create: 0x400,
  /** ACK: only the header of the request stands in it. */
  capped: 0x100,
  /** ACK: attributes with the reason follow. */
  ackAttributes: 0x200,
} as const;

/** nlmsg_type below 16: those of netlink itself. */
export const MessageType = { noop: 1, error: 2, done: 3, overrun: 4 } as const;

/** struct nlmsghdr. */
const HEADER = 16;

/** One message of a datagram, payload not copied. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Port of the socket it is for; 0 is the kernel and what it multicasts. */
  readonly portId: number;
  /** What follows the header, without padding. */
  readonly payload: Uint8Array;
}

/** A message to the kernel before it has a sequence number. NLM_F_REQUEST is added when it is sent. */
export interface NetlinkRequest {
  readonly type: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

/**
 * Splits a datagram into its messages.
 *
 * @throws {NetlinkDecodeError} when a length points out of the datagram, or bytes are left over
 */
export function splitMessages(datagram: Uint8Array): readonly NetlinkMessage[] {
  const bytes = new Bytes(datagram);
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    if (left < HEADER) throw new NetlinkDecodeError('a message header', `${left} bytes left over`, at);
    const length = bytes.u32(at);
    if (length < HEADER || length > left) {
      throw new NetlinkDecodeError('a message', `length ${length} where ${left} bytes are left`, at);
    }
    messages.push({
      type: bytes.u16(at + 4),
      flags: bytes.u16(at + 6),
      sequence: bytes.u32(at + 8),
      portId: bytes.u32(at + 12),
      payload: bytes.slice(at + HEADER, length - HEADER),
    });
    // In floating point: a length near 2^32 must not wrap. The last message need not be padded.
    at += Math.ceil(length / 4) * 4;
  }
  return messages;
}

/** Puts the header before a request, NLM_F_REQUEST added. */
export function encodeMessage(request: NetlinkRequest, sequence: number, portId: number): Buffer {
  const length = HEADER + request.payload.length;
  const message = Buffer.alloc((length + 3) & ~3);
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  view.setUint32(0, length, littleEndian);
  view.setUint16(4, request.type, littleEndian);
  view.setUint16(6, request.flags | MessageFlag.request, littleEndian);
  view.setUint32(8, sequence, littleEndian);
  view.setUint32(12, portId, littleEndian);
  message.set(request.payload, HEADER);
  return message;
}
