// The format every netlink protocol shares: messages, attributes, acknowledgements.
// Everything that is read is checked against its bounds. Must never throw anything but NetlinkDecodeError for bytes
// that came from outside, never loop without moving on, and never touch a socket.
export { type Acknowledgement, decodeAcknowledgement } from './acknowledgement.ts';
export { formatAddress, parseAddress } from './address.ts';
export { AttributeReader } from './attribute-reader.ts';
export { AttributeWriter } from './attribute-writer.ts';
export { Bytes } from './bytes.ts';
export { NetlinkDecodeError } from './decode-error.ts';
export {
  encodeMessage,
  MessageFlag,
  MessageType,
  type NetlinkMessage,
  type NetlinkRequest,
  splitMessages,
} from './message.ts';
