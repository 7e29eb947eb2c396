import { AttributeReader } from '../wire/attribute-reader.ts';
import { AttributeWriter } from '../wire/attribute-writer.ts';
import { Bytes } from '../wire/bytes.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';
import { MessageFlag, type NetlinkMessage, type NetlinkRequest } from '../wire/message.ts';

/** struct genlmsghdr: u8 command, u8 version, u16 reserved. */
const HEADER = 4;

/** A request of a generic family. `kind` 'dump' asks for all objects. */
export function genericRequest(
  familyId: number,
  command: number,
  kind: 'one' | 'dump',
  fill: (attributes: AttributeWriter) => void = () => undefined,
): NetlinkRequest {
  const payload = new AttributeWriter().raw(Uint8Array.of(command, 1, 0, 0));
  fill(payload);
  const flags = kind === 'dump' ? MessageFlag.dump : MessageFlag.ack;
  return { type: familyId, flags, payload: payload.finish() };
}

/**
 * The attributes of a generic message that must carry one of `commands`.
 *
 * @throws {NetlinkDecodeError}
 */
export function genericAttributes(
  message: NetlinkMessage,
  commands: readonly number[],
  what: string,
): AttributeReader {
  const bytes = new Bytes(message.payload);
  if (!commands.includes(bytes.u8(0))) throw new NetlinkDecodeError(what, `command ${bytes.u8(0)}`, 0);
  return new AttributeReader(bytes, HEADER);
}
