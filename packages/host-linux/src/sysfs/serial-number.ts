import { findExtendedCapability } from './extended-capability.ts';
import { printable } from './parse-values.ts';
import type { SysfsReader } from './sysfs-reader.ts';

/** Tags of Vital Product Data (PCI Local Bus Specification 3.0, appendix I; include/linux/pci.h). */
const LARGE = 0x80;
const READ_ONLY = 0x90;
const END = 0x78;
const SMALL_TYPE = 0x78;
const SMALL_LENGTH = 0x07;
/** The device serial number: header, low and high half, each of 32 bits (PCI Express Base Specification, 7.9.3). */
const DEVICE_SERIAL_NUMBER = 0x0003;
const CONFIG_LENGTH = 4096;
/** Those of network cards have some hundred bytes; an address could reach 32 KiB. */
const MOST_VPD = 4096;

/**
 * The serial number in a card's Vital Product Data: the one that is printed on it. Null: it has none, or the data are
 * damaged, which on cards that nobody has flashed with care is not rare.
 */
export function parseVpdSerial(vpd: Uint8Array): string | null {
  const bytes = Buffer.from(vpd.buffer, vpd.byteOffset, vpd.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes.readUInt8(at);
    const isLarge = (tag & LARGE) !== 0;
    if (!isLarge && (tag & SMALL_TYPE) === END) return null;
    if (isLarge && at + 3 > bytes.length) return null;
    const start = at + (isLarge ? 3 : 1);
    const length = isLarge ? bytes.readUInt16LE(at + 1) : tag & SMALL_LENGTH;
    if (tag === READ_ONLY) return findSerialKeyword(bytes.subarray(start, start + length));
    at = start + length;
  }
  return null;
}

/** Fields of two letters, a length, and so many bytes. */
function findSerialKeyword(fields: Buffer): string | null {
  for (let at = 0; at + 3 <= fields.length; ) {
    const start = at + 3;
    const end = start + fields.readUInt8(at + 2);
    if (end > fields.length) return null;
    if (fields.toString('latin1', at, at + 2) === 'SN') {
      // Filled up with blanks or NULs.
      const serial = printable(fields.toString('latin1', start, end)).trim();
      return serial === '' ? null : serial;
    }
    at = end;
  }
  return null;
}

/** The device serial number as `lspci` and devlink write it: "00-01-00-ff-ff-00-00-00". Null: none, or not seen. */
export function parseDeviceSerialNumber(config: Uint8Array): string | null {
  const at = findExtendedCapability(config, DEVICE_SERIAL_NUMBER);
  if (at === null || at + 12 > config.length) return null;
  const bytes = [...config.subarray(at + 4, at + 12)].toReversed();
  // Not programmed.
  if (bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 0xff)) return null;
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('-');
}

/** What was read of a device as long as the kernel has it. */
interface Known {
  readonly device: bigint;
  readonly serial: string | null;
}

/**
 * A card answers for each four bytes of its VPD in up to milliseconds (pci_vpd_wait), and all its ports wait meanwhile:
 * too long for every look at something that is burnt in. So a device is asked once, as long as the kernel has it:
 * one that was plugged in anew has a new folder. Never true of a copy, which costs nothing to read.
 */
const known = new Map<string, Known>();

/** The serial number of the card that a function is on. Null: it has none, or we are not root. */
export function readSerialNumber(reader: SysfsReader, folder: string): string | null {
  const device = reader.isLive ? reader.identity(folder) : null;
  const before = known.get(folder);
  if (device !== null && before?.device === device) return before.serial;
  const serial = readFrom(reader, folder);
  if (device !== null) known.set(folder, { device, serial });
  return serial;
}

function readFrom(reader: SysfsReader, folder: string): string | null {
  const vpd = reader.bytes(`${folder}/vpd`, MOST_VPD);
  const printed = vpd === null ? null : parseVpdSerial(vpd);
  if (printed !== null) return printed;
  const config = reader.bytes(`${folder}/config`, CONFIG_LENGTH);
  return config === null ? null : parseDeviceSerialNumber(config);
}
