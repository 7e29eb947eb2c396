import type { NetlinkMessage, NetlinkRequest } from '../wire/message.ts';
import { type DevlinkHandle, HandleReader, writeHandle } from './devlink-handle.ts';
import { Attribute, Command, eswitchInlineModes, eswitchModes } from './devlink-uapi.ts';
import { genericAttributes, genericRequest } from './message.ts';

export type EswitchMode = (typeof eswitchModes)[number];
export type EswitchInlineMode = (typeof eswitchInlineModes)[number];

/** The switch inside a card. Null: the driver does not say. */
export interface Eswitch extends DevlinkHandle {
  readonly mode: EswitchMode | null;
  /** How far into a packet the sender must show it to the card. */
  readonly inlineMode: EswitchInlineMode | null;
  /** Whether it can put packets into tunnels. */
  readonly encap: boolean | null;
}

/** One change; the kernel would take several in one message and stop at the first refused. */
export type EswitchChange =
  | { readonly kind: 'mode'; readonly mode: EswitchMode }
  | { readonly kind: 'inline-mode'; readonly inlineMode: EswitchInlineMode }
  | { readonly kind: 'encap'; readonly encap: boolean };

/** DEVLINK_CMD_ESWITCH_GET; refused with EOPNOTSUPP by drivers without. */
export function encodeGetEswitch(familyId: number, handle: DevlinkHandle): NetlinkRequest {
  return genericRequest(familyId, Command.eswitchGet, 'one', (attributes) => writeHandle(attributes, handle));
}

/** DEVLINK_CMD_ESWITCH_SET. Changing the mode makes netdevs go and come, and takes seconds. */
export function encodeSetEswitch(
  familyId: number,
  handle: DevlinkHandle,
  change: EswitchChange,
): NetlinkRequest {
  return genericRequest(familyId, Command.eswitchSet, 'one', (attributes) => {
    writeHandle(attributes, handle);
    switch (change.kind) {
      case 'mode':
        attributes.u16(Attribute.eswitchMode, eswitchModes.indexOf(change.mode));
        break;
      case 'inline-mode':
        attributes.u8(Attribute.eswitchInlineMode, eswitchInlineModes.indexOf(change.inlineMode));
        break;
      case 'encap':
        attributes.u8(Attribute.eswitchEncapMode, Number(change.encap));
        break;
    }
  });
}

/** Decodes the reply to encodeGetEswitch (devlink_nl_eswitch_fill in net/devlink/dev.c). @throws {NetlinkDecodeError} */
export function decodeEswitch(message: NetlinkMessage): Eswitch {
  const handle = new HandleReader('an eswitch');
  let mode: EswitchMode | null = null;
  let inlineMode: EswitchInlineMode | null = null;
  let encap: boolean | null = null;
  const attributes = genericAttributes(message, [Command.eswitchGet], 'an eswitch');
  while (attributes.next()) {
    if (handle.take(attributes)) continue;
    if (attributes.type === Attribute.eswitchMode) mode = eswitchModes[attributes.u16()] ?? null;
    else if (attributes.type === Attribute.eswitchInlineMode) {
      inlineMode = eswitchInlineModes[attributes.u8()] ?? null;
    } else if (attributes.type === Attribute.eswitchEncapMode) encap = attributes.u8() !== 0;
  }
  return { ...handle.device(), mode, inlineMode, encap };
}
