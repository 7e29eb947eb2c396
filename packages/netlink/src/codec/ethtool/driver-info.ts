import { Bytes } from '../wire/bytes.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';

/** ETHTOOL_GDRVINFO and struct ethtool_drvinfo, include/uapi/linux/ethtool.h. */
const GET_DRIVER_INFO = 3;
const LENGTH = 196;
const Field = { driver: 4, version: 36, firmwareVersion: 68, busInfo: 100 } as const;
const FIELD_LENGTH = 32;

/** What a driver says of itself and of its device. Null: it says nothing. */
export interface DriverInfo {
  readonly driver: string | null;
  /** Of the driver; since Linux 5.9 that of the kernel, for most. */
  readonly version: string | null;
  /** Of the device's firmware, cut off after 31 bytes. */
  readonly firmwareVersion: string | null;
  /** The PCI address, for devices on PCI. */
  readonly busInfo: string | null;
}

/** ETHTOOL_GDRVINFO, with room for its answer. There is no such message in ethtool's netlink family. */
export function encodeGetDriverInfo(): Buffer {
  const bytes = Buffer.alloc(LENGTH);
  bytes.set(new Uint8Array(Uint32Array.of(GET_DRIVER_INFO).buffer));
  return bytes;
}

/** Decodes the answer (ethtool_get_drvinfo in net/ethtool/ioctl.c). @throws {NetlinkDecodeError} */
export function decodeDriverInfo(answer: Uint8Array): DriverInfo {
  const bytes = new Bytes(answer);
  if (bytes.u32(0) !== GET_DRIVER_INFO) {
    throw new NetlinkDecodeError('what a driver says', `command ${bytes.u32(0)}`, 0);
  }
  return {
    driver: said(bytes, Field.driver),
    version: said(bytes, Field.version),
    firmwareVersion: said(bytes, Field.firmwareVersion),
    busInfo: said(bytes, Field.busInfo),
  };
}

/** Some drivers write "N/A" in place of nothing. */
function said(bytes: Bytes, at: number): string | null {
  const text = bytes.text(at, FIELD_LENGTH).trim();
  return text === '' || text === 'N/A' ? null : text;
}
