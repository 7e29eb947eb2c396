// The envelope of every message: length, program, procedure, serial, status; and the stream they come in.
// Must never look into a payload.
export {
  decodePacket,
  encodePacket,
  type Packet,
  PacketStatus,
  PacketType,
  Program,
  PROGRAM_VERSION,
} from './packet.ts';
export { PacketSplitter } from './packet-splitter.ts';
