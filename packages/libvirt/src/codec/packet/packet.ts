import { LibvirtDecodeError, XdrReader } from '../xdr/index.ts';

/** What a number means depends on the program it is said in. */
export const Program = {
  /** REMOTE_PROGRAM, src/remote/remote_protocol.x. */
  remote: 0x2000_8086,
  /** QEMU_PROGRAM, src/remote/qemu_protocol.x. */
  qemu: 0x2000_8087,
  /** KEEPALIVE_PROGRAM, src/rpc/virkeepaliveprotocol.x. */
  keepAlive: 0x6b65_6570,
} as const;

/** All three programs are at 1. */
export const PROGRAM_VERSION = 1;

/** enum virNetMessageType, src/rpc/virnetprotocol.x. Only those that this package sends or takes. */
export const PacketType = { call: 0, reply: 1, message: 2 } as const;

/** enum virNetMessageStatus. */
export const PacketStatus = { ok: 0, error: 1 } as const;

/** struct virNetMessageHeader and what follows it. */
export interface Packet {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: number;
  /** Joins a reply to its call; 0 in what nobody asked for. */
  readonly serial: number;
  readonly status: number;
  /** XDR, by the procedure. */
  readonly payload: Uint8Array;
}

const LENGTH = 4;
const HEADER = 24;
/** VIR_NET_MESSAGE_MAX, which does not count the length itself. */
const MOST = LENGTH + 33_554_432;

/** @throws {RangeError} when the payload is too long for any packet */
export function encodePacket(packet: Packet): Buffer {
  const { program, version, procedure, type, serial, status, payload } = packet;
  const length = LENGTH + HEADER + payload.length;
  if (length > MOST) throw new RangeError(`Cannot encode a packet: ${length} bytes, ${MOST} is the most`);
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(program, 4);
  bytes.writeUInt32BE(version, 8);
  bytes.writeInt32BE(procedure, 12);
  bytes.writeUInt32BE(type, 16);
  bytes.writeUInt32BE(serial, 20);
  bytes.writeUInt32BE(status, 24);
  bytes.set(payload, LENGTH + HEADER);
  return bytes;
}

/**
 * How long the packet is that starts with these bytes, its length field included.
 *
 * @param bytes four at least
 * @throws {LibvirtDecodeError} when no packet can be that long
 */
export function lengthOfPacket(bytes: Uint8Array): number {
  const length = new XdrReader(bytes).uint();
  if (length >= LENGTH + HEADER && length <= MOST) return length;
  throw new LibvirtDecodeError('a packet', `length ${length}`, 0);
}

/** @throws {LibvirtDecodeError} when the bytes are not one whole packet */
export function decodePacket(bytes: Uint8Array): Packet {
  const length = lengthOfPacket(bytes);
  if (length !== bytes.length)
    throw new LibvirtDecodeError('a packet', `${bytes.length} of ${length} bytes`, 0);
  const reader = new XdrReader(bytes.subarray(LENGTH));
  return {
    program: reader.uint(),
    version: reader.uint(),
    procedure: reader.int(),
    type: reader.uint(),
    serial: reader.uint(),
    status: reader.uint(),
    payload: bytes.subarray(LENGTH + HEADER),
  };
}
