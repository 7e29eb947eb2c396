import { STRING_MAX } from './xdr-reader.ts';

/**
 * Writes XDR (RFC 4506), in the order of the calls.
 *
 * @throws {RangeError} from each method, when a value does not fit its field
 */
export class XdrWriter {
  #buffer = Buffer.alloc(256);
  #length = 0;

  /** What was written so far; a copy. */
  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  int(value: number): this {
    integer(value, -0x8000_0000, 0x7fff_ffff);
    const at = this.#reserve(4);
    this.#buffer.writeInt32BE(value, at);
    return this;
  }

  uint(value: number): this {
    integer(value, 0, 0xffff_ffff);
    const at = this.#reserve(4);
    this.#buffer.writeUInt32BE(value, at);
    return this;
  }

  hyper(value: bigint): this {
    const at = this.#reserve(8);
    this.#buffer.writeBigInt64BE(value, at);
    return this;
  }

  uhyper(value: bigint): this {
    const at = this.#reserve(8);
    this.#buffer.writeBigUInt64BE(value, at);
    return this;
  }

  double(value: number): this {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleBE(value, at);
    return this;
  }

  bool(value: boolean): this {
    return this.uint(value ? 1 : 0);
  }

  /** Bytes of a length that the protocol fixes. */
  fixed(bytes: Uint8Array): this {
    // Padding must be zero, so the room behind what is written always is.
    const at = this.#reserve((bytes.length + 3) & ~3);
    this.#buffer.set(bytes, at);
    return this;
  }

  /** Bytes with their length in front. */
  opaque(bytes: Uint8Array, most: number): this {
    if (bytes.length > most) throw new RangeError(`Cannot encode ${bytes.length} bytes: ${most} is the most`);
    return this.uint(bytes.length).fixed(bytes);
  }

  string(value: string, most = STRING_MAX): this {
    // libvirt reads up to the NUL and would take the text for a shorter one.
    if (value.includes('\0')) throw new RangeError('Cannot encode a text: it has a NUL inside');
    return this.opaque(Buffer.from(value, 'utf8'), most);
  }

  /** What may be missing: a pointer in the protocol's language. */
  optional<Value>(value: Value | null | undefined, write: (writer: this, value: Value) => void): this {
    if (value === null || value === undefined) return this.bool(false);
    this.bool(true);
    write(this, value);
    return this;
  }

  optionalString(value: string | null | undefined): this {
    return this.optional(value, (writer, text) => writer.string(text));
  }

  array<Value>(values: readonly Value[], most: number, write: (writer: this, value: Value) => void): this {
    if (values.length > most)
      throw new RangeError(`Cannot encode ${values.length} values: ${most} is the most`);
    this.uint(values.length);
    for (const value of values) write(this, value);
    return this;
  }

  /** Where the next bytes go. Call it before `#buffer` is named: it may become another. */
  #reserve(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.alloc(this.#length * 2);
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    return at;
  }
}

function integer(value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`Cannot encode ${value}: not an integer from ${least} to ${most}`);
}
