import { littleEndian } from '../wire/bytes.ts';

/** struct ifinfomsg: u8 family, u8 padding, u16 type, i32 index, u32 flags, u32 change. */
export const IFINFO_LENGTH = 16;

export function ifInfo(family: number, ifIndex = 0, flags = 0, change = 0): Uint8Array {
  const view = new DataView(new ArrayBuffer(IFINFO_LENGTH));
  view.setUint8(0, family);
  view.setInt32(4, checkIfIndex(ifIndex), littleEndian);
  view.setUint32(8, flags, littleEndian);
  view.setUint32(12, change, littleEndian);
  return new Uint8Array(view.buffer);
}

/** struct ndmsg: u8 family, u8 and u16 padding, i32 ifindex, u16 state, u8 flags, u8 type. */
export const NDMSG_LENGTH = 12;

export function ndMessage(family: number, ifIndex: number, state: number, flags: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(NDMSG_LENGTH));
  view.setUint8(0, family);
  view.setInt32(4, checkIfIndex(ifIndex), littleEndian);
  view.setUint16(8, state, littleEndian);
  view.setUint8(10, flags);
  return new Uint8Array(view.buffer);
}

/** An index of the wrong kind would be cut to 32 bits and mean another link. */
function checkIfIndex(ifIndex: number): number {
  if (Number.isInteger(ifIndex) && ifIndex >= 0 && ifIndex <= 0x7fff_ffff) return ifIndex;
  throw new RangeError(`Cannot encode ifIndex ${ifIndex}: not an integer from 0 to 2147483647`);
}
