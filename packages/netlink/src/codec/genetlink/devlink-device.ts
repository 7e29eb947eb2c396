import type { AttributeReader } from '../wire/attribute-reader.ts';
import type { NetlinkMessage, NetlinkRequest } from '../wire/message.ts';
import { type DevlinkHandle, HandleReader, writeHandle } from './devlink-handle.ts';
import { Attribute, Command } from './devlink-uapi.ts';
import { genericAttributes, genericRequest } from './message.ts';

export type DevlinkDevice = DevlinkHandle;

/** Driver, serial numbers and versions. Null or absent: the driver does not say. */
export interface DevlinkInfo extends DevlinkHandle {
  readonly driver: string | null;
  readonly serialNumber: string | null;
  readonly boardSerialNumber: string | null;
  /** What cannot change: "board.id", "asic.rev". */
  readonly fixedVersions: ReadonlyMap<string, string>;
  /** What runs: "fw", "fw.mgmt", "fw.psid". */
  readonly runningVersions: ReadonlyMap<string, string>;
  /** What is in flash and runs after a reset. */
  readonly storedVersions: ReadonlyMap<string, string>;
}

/** DEVLINK_CMD_GET for all instances. */
export function encodeListDevlinkDevices(familyId: number): NetlinkRequest {
  return genericRequest(familyId, Command.get, 'dump');
}

/** Decodes DEVLINK_CMD_NEW (devlink_nl_fill in net/devlink/dev.c). @throws {NetlinkDecodeError} */
export function decodeDevlinkDevice(message: NetlinkMessage): DevlinkDevice {
  const handle = new HandleReader('a devlink device');
  const attributes = genericAttributes(message, [Command.new], 'a devlink device');
  while (attributes.next()) handle.take(attributes);
  return handle.device();
}

/** DEVLINK_CMD_INFO_GET; refused with EOPNOTSUPP by drivers that have none. */
export function encodeGetDevlinkInfo(familyId: number, handle: DevlinkHandle): NetlinkRequest {
  return genericRequest(familyId, Command.infoGet, 'one', (attributes) => writeHandle(attributes, handle));
}

/** Decodes the reply to it (devlink_nl_info_fill in net/devlink/dev.c). @throws {NetlinkDecodeError} */
export function decodeDevlinkInfo(message: NetlinkMessage): DevlinkInfo {
  const handle = new HandleReader('devlink info');
  let driver: string | null = null;
  let serialNumber: string | null = null;
  let boardSerialNumber: string | null = null;
  const fixedVersions = new Map<string, string>();
  const runningVersions = new Map<string, string>();
  const storedVersions = new Map<string, string>();
  const attributes = genericAttributes(message, [Command.infoGet], 'devlink info');
  while (attributes.next()) {
    if (handle.take(attributes)) continue;
    if (attributes.type === Attribute.infoDriverName) driver = attributes.text();
    else if (attributes.type === Attribute.infoSerialNumber) serialNumber = attributes.text();
    else if (attributes.type === Attribute.infoBoardSerialNumber) boardSerialNumber = attributes.text();
    else if (attributes.type === Attribute.infoVersionFixed) readVersion(attributes.nest(), fixedVersions);
    else if (attributes.type === Attribute.infoVersionRunning)
      readVersion(attributes.nest(), runningVersions);
    else if (attributes.type === Attribute.infoVersionStored) readVersion(attributes.nest(), storedVersions);
  }
  return {
    ...handle.device(),
    driver,
    serialNumber,
    boardSerialNumber,
    fixedVersions,
    runningVersions,
    storedVersions,
  };
}

/** Each version is a nest of its own, with name and value. */
function readVersion(attributes: AttributeReader, versions: Map<string, string>): void {
  let [name, value]: [string | null, string | null] = [null, null];
  while (attributes.next()) {
    if (attributes.type === Attribute.infoVersionName) name = attributes.text();
    else if (attributes.type === Attribute.infoVersionValue) value = attributes.text();
  }
  if (name !== null && value !== null) versions.set(name, value);
}
