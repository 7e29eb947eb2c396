import { NetlinkDecodeError } from './decode-error.ts';

/** Netlink is in the byte order of the machine (netlink(7)); every machine we know is little-endian, s390x is not. */
export const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Bytes whose every read is checked. @throws {NetlinkDecodeError} from each method, when it would read past the end */
export class Bytes {
  readonly length: number;
  readonly #buffer: Buffer;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.length = bytes.byteLength;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, littleEndian);
  }

  /** Network byte order, which single fields have (vlan_proto). */
  bigEndianU16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, false);
  }

  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, littleEndian);
  }

  i32(at: number): number {
    this.#check(at, 4);
    return this.#view.getInt32(at, littleEndian);
  }

  u64(at: number): bigint {
    this.#check(at, 8);
    return this.#view.getBigUint64(at, littleEndian);
  }

  /** A view, not a copy. */
  slice(at: number, length: number): Uint8Array {
    this.#check(at, length);
    return this.#buffer.subarray(at, at + length);
  }

  /** UTF-8 up to the first NUL, or all of `length`. Bytes that are no UTF-8 become U+FFFD. */
  text(at: number, length: number): string {
    this.#check(at, length);
    let end = at;
    while (end < at + length && this.#buffer[end] !== 0) end++;
    return this.#buffer.toString('utf8', at, end);
  }

  #check(at: number, length: number): void {
    if (at < 0 || length < 0 || at + length > this.length) {
      throw new NetlinkDecodeError(`${length} bytes`, `only ${this.length} there`, at);
    }
  }
}
