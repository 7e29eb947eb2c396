import type { AttributeReader } from '../wire/attribute-reader.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';
import type { NetlinkMessage, NetlinkRequest } from '../wire/message.ts';
import { genericAttributes, genericRequest } from './message.ts';

/** The family that knows the others: GENL_ID_CTRL, CTRL_CMD_* and CTRL_ATTR_*, include/uapi/linux/genetlink.h. */
const CONTROLLER = 16;
const Command = { newFamily: 1, getFamily: 3 } as const;
const Attribute = { familyId: 1, familyName: 2, version: 3, multicastGroups: 7 } as const;
const GroupAttribute = { name: 1, id: 2 } as const;

/** A family of generic netlink, as it is numbered until the next boot. */
export interface GenericFamily {
  /** What its messages have as type. */
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly multicastGroups: readonly { readonly name: string; readonly id: number }[];
}

/** CTRL_CMD_GETFAMILY; refused with ENOENT when the kernel lacks the family. */
export function encodeGetFamily(name: string): NetlinkRequest {
  return genericRequest(CONTROLLER, Command.getFamily, 'one', (attributes) => {
    attributes.text(Attribute.familyName, name);
  });
}

/** Decodes CTRL_CMD_NEWFAMILY (ctrl_fill_info in net/netlink/genetlink.c). @throws {NetlinkDecodeError} */
export function decodeFamily(message: NetlinkMessage): GenericFamily {
  let id: number | null = null;
  let name = '';
  let version = 0;
  const multicastGroups: { name: string; id: number }[] = [];
  const attributes = genericAttributes(message, [Command.newFamily], 'a family');
  while (attributes.next()) {
    if (attributes.type === Attribute.familyId) id = attributes.u16();
    else if (attributes.type === Attribute.familyName) name = attributes.text();
    else if (attributes.type === Attribute.version) version = attributes.u32();
    else if (attributes.type === Attribute.multicastGroups) {
      // An array: attributes numbered from 1, each with a group inside.
      for (const groups = attributes.nest(); groups.next(); )
        multicastGroups.push(decodeGroup(groups.nest()));
    }
  }
  if (id === null) throw new NetlinkDecodeError('a family', 'no number', attributes.end);
  return { id, name, version, multicastGroups };
}

function decodeGroup(attributes: AttributeReader): { name: string; id: number } {
  const group = { name: '', id: 0 };
  while (attributes.next()) {
    if (attributes.type === GroupAttribute.name) group.name = attributes.text();
    else if (attributes.type === GroupAttribute.id) group.id = attributes.u32();
  }
  return group;
}
