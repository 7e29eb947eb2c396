import { littleEndian } from './bytes.ts';

const HEADER = 4;
const NESTED = 0x8000;
const U32_MAX = 0xffff_ffff;

/**
 * Writes the payload of a message: fixed header fields first (`raw`), then attributes, padded to four bytes.
 *
 * @throws {RangeError} from each method, when a value does not fit its field or an attribute grows over 65535 bytes
 */
export class AttributeWriter {
  #buffer = Buffer.alloc(128);
  #length = 0;

  /** What was written so far; a copy. */
  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  /** Bytes as they are, padded to four: the fixed header of a family. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += (bytes.length + 3) & ~3;
    return this;
  }

  u8(type: number, value: number): this {
    return this.bytes(type, Uint8Array.of(inRange(value, 0xff)));
  }

  u16(type: number, value: number): this {
    const field = new DataView(new ArrayBuffer(2));
    field.setUint16(0, inRange(value, 0xffff), littleEndian);
    return this.bytes(type, new Uint8Array(field.buffer));
  }

  u32(type: number, value: number): this {
    return this.u32s(type, [value]);
  }

  /** A struct of u32 fields, with `tail` after them. */
  u32s(type: number, values: readonly number[], tail: Uint8Array = new Uint8Array()): this {
    const field = new DataView(new ArrayBuffer(values.length * 4 + tail.length));
    for (const [index, value] of values.entries()) {
      field.setUint32(index * 4, inRange(value, U32_MAX), littleEndian);
    }
    const bytes = new Uint8Array(field.buffer);
    bytes.set(tail, values.length * 4);
    return this.bytes(type, bytes);
  }

  u64(type: number, value: bigint): this {
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn)
      throw new RangeError(`Cannot encode ${value}: not a u64`);
    const field = new DataView(new ArrayBuffer(8));
    field.setBigUint64(0, value, littleEndian);
    return this.bytes(type, new Uint8Array(field.buffer));
  }

  /** UTF-8 and a NUL, as NLA_NUL_STRING wants it. */
  text(type: number, value: string): this {
    if (value.includes('\0')) throw new RangeError('Cannot encode a text: it has a NUL inside');
    return this.bytes(type, Buffer.from(`${value}\0`, 'utf8'));
  }

  bytes(type: number, payload: Uint8Array): this {
    this.#header(this.#length, HEADER + payload.length, type);
    this.#length += HEADER;
    return this.raw(payload);
  }

  /** Attributes inside an attribute, with NLA_F_NESTED: strict parts of the kernel want it, the others allow it. */
  nest(type: number, fill: (inside: AttributeWriter) => void): this {
    const start = this.#length;
    this.#header(start, HEADER, type | NESTED);
    this.#length += HEADER;
    fill(this);
    this.#header(start, this.#length - start, type | NESTED);
    return this;
  }

  #header(at: number, length: number, type: number): void {
    if (length > 0xffff)
      throw new RangeError(`Cannot encode attribute ${type}: ${length} bytes do not fit it`);
    this.#reserve(length);
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset + at, HEADER);
    view.setUint16(0, length, littleEndian);
    view.setUint16(2, type, littleEndian);
  }

  /** Padding must be zero, so the room behind what is written always is. */
  #reserve(length: number): void {
    const needed = this.#length + length + HEADER + 3;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.alloc(needed * 2);
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

function inRange(value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`Cannot encode ${value}: not an integer from 0 to ${max}`);
}
