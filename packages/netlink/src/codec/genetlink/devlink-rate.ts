import type { NetlinkMessage, NetlinkRequest } from '../wire/message.ts';
import {
  type DevlinkHandle,
  type DevlinkPortHandle,
  HandleReader,
  writeHandle,
  writePortHandle,
} from './devlink-handle.ts';
import { Attribute, Command } from './devlink-uapi.ts';
import { genericAttributes, genericRequest } from './message.ts';

/** Limits of transmission of the function behind a port ('leaf'), or of a group of them ('node'). */
export interface DevlinkRate extends DevlinkHandle {
  readonly object:
    | { readonly kind: 'leaf'; readonly portIndex: number }
    | { readonly kind: 'node'; readonly name: string };
  /** Guaranteed, in **bytes a second**, as on the wire; Mbit/s times 125000. 0 is none. */
  readonly txShare: bigint;
  /** At most, in **bytes a second**. 0 is no limit. */
  readonly txMax: bigint;
  /** The node it belongs to. */
  readonly parent: string | null;
}

/** One change, in bytes a second; 0 takes it back. Drivers round or refuse what their hardware cannot do. */
export type RateChange =
  | { readonly kind: 'tx-share'; readonly bytesPerSecond: bigint }
  | { readonly kind: 'tx-max'; readonly bytesPerSecond: bigint };

/** DEVLINK_CMD_RATE_GET for all, of one instance or of all with null. */
export function encodeListDevlinkRates(familyId: number, handle: DevlinkHandle | null): NetlinkRequest {
  return genericRequest(familyId, Command.rateGet, 'dump', (attributes) => {
    if (handle !== null) writeHandle(attributes, handle);
  });
}

/** DEVLINK_CMD_RATE_GET for the leaf of a port; refused with ENODEV where the port has none. */
export function encodeGetDevlinkRate(familyId: number, handle: DevlinkPortHandle): NetlinkRequest {
  return genericRequest(familyId, Command.rateGet, 'one', (attributes) =>
    writePortHandle(attributes, handle),
  );
}

/** DEVLINK_CMD_RATE_SET for the leaf of a port, which drivers have in switchdev mode. */
export function encodeSetDevlinkRate(
  familyId: number,
  handle: DevlinkPortHandle,
  change: RateChange,
): NetlinkRequest {
  return genericRequest(familyId, Command.rateSet, 'one', (attributes) => {
    const attribute = change.kind === 'tx-share' ? Attribute.rateTxShare : Attribute.rateTxMax;
    writePortHandle(attributes, handle).u64(attribute, change.bytesPerSecond);
  });
}

/**
 * Decodes DEVLINK_CMD_RATE_NEW (devlink_nl_rate_fill in net/devlink/rate.c). Null for a kind newer than this code.
 *
 * @throws {NetlinkDecodeError}
 */
export function decodeDevlinkRate(message: NetlinkMessage): DevlinkRate | null {
  const handle = new HandleReader('a devlink rate');
  let [txShare, txMax] = [0n, 0n];
  let node: string | null = null;
  let parent: string | null = null;
  const attributes = genericAttributes(message, [Command.rateNew], 'a devlink rate');
  while (attributes.next()) {
    if (handle.take(attributes)) continue;
    if (attributes.type === Attribute.rateTxShare) txShare = attributes.u64();
    else if (attributes.type === Attribute.rateTxMax) txMax = attributes.u64();
    else if (attributes.type === Attribute.rateNodeName) node = attributes.text();
    else if (attributes.type === Attribute.rateParentNodeName) parent = attributes.text();
  }
  const portIndex = handle.portIndex();
  const device = handle.device();
  if (node !== null) return { ...device, object: { kind: 'node', name: node }, txShare, txMax, parent };
  if (portIndex === null) return null;
  return { ...device, object: { kind: 'leaf', portIndex }, txShare, txMax, parent };
}
