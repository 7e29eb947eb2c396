import type { AttachmentDocument, PortDocument, WireVnicType } from '../documents/index.ts';

/**
 * Whether a host can stand between a port of this kind and its machine: the frames of a macvtap pass the VF's own interface in
 * the host's kernel, those of a VF that the machine drives itself pass nothing but the card.
 */
export function canBeFiltered(vnicType: WireVnicType): boolean {
  return vnicType === 'macvtap';
}

/** Whether its host filters what passes an attachment of this port now. */
export function isFiltered(
  attachment: Pick<AttachmentDocument, 'is_filtered'>,
  port: Pick<PortDocument, 'port_security_enabled'>,
): boolean {
  return attachment.is_filtered === true && port.port_security_enabled;
}
