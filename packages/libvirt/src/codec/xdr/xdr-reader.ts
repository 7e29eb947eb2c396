import { LibvirtDecodeError } from './decode-error.ts';

/** REMOTE_STRING_MAX, src/remote/remote_protocol.x: bytes of UTF-8. */
export const STRING_MAX = 4_194_304;

/**
 * Reads XDR (RFC 4506) from the front on: big-endian, everything padded to four bytes.
 *
 * @throws {LibvirtDecodeError} from each method, when the bytes end too early or say what cannot be
 */
export class XdrReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#advance(4));
  }

  uint(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  hyper(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8));
  }

  uhyper(): bigint {
    return this.#bytes.readBigUInt64BE(this.#advance(8));
  }

  /** An unsigned hyper whose unit keeps it below 2^53: milliseconds, MiB/s, version numbers. */
  safeUhyper(): number {
    const at = this.#at;
    const value = this.uhyper();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new LibvirtDecodeError('a number', `${value}`, at);
    return Number(value);
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#advance(8));
  }

  bool(): boolean {
    const at = this.#at;
    const value = this.uint();
    if (value > 1) throw new LibvirtDecodeError('a bool', `${value}`, at);
    return value === 1;
  }

  /** Bytes of a length that the protocol fixes; a copy. */
  fixed(length: number): Buffer {
    const at = this.#advance((length + 3) & ~3);
    return Buffer.from(this.#bytes.subarray(at, at + length));
  }

  /** Bytes with their length in front; a copy. */
  opaque(most: number): Buffer {
    return this.fixed(this.#length('bytes', most, 1));
  }

  /** Bytes that are no UTF-8 become U+FFFD. */
  string(most = STRING_MAX): string {
    const length = this.#length('a string', most, 1);
    const at = this.#advance((length + 3) & ~3);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** What may be missing: a pointer in the protocol's language. */
  optional<Value>(read: (reader: this) => Value): Value | null {
    return this.bool() ? read(this) : null;
  }

  array<Value>(most: number, read: (reader: this) => Value): readonly Value[] {
    // No value takes less than four bytes, so a length that lies is found before memory is taken for it.
    const length = this.#length('an array', most, 4);
    return Array.from({ length }, () => read(this));
  }

  /** Call it last: what is left over shows that something else was sent than was read. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw new LibvirtDecodeError('the end', `${left} bytes left over`, this.#at);
  }

  /** A refusal of the value that was just read. */
  refuse(what: string, found: string): LibvirtDecodeError {
    return new LibvirtDecodeError(what, found, this.#at);
  }

  #length(what: string, most: number, elementBytes: number): number {
    const at = this.#at;
    const length = this.uint();
    if (length > most) throw new LibvirtDecodeError(what, `length ${length}, over ${most}`, at);
    const left = this.#bytes.length - this.#at;
    if (length * elementBytes > left)
      throw new LibvirtDecodeError(what, `length ${length} where ${left} bytes are left`, at);
    return length;
  }

  #advance(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) {
      throw new LibvirtDecodeError(`${length} bytes`, `only ${this.#bytes.length - at} there`, at);
    }
    this.#at = at + length;
    return at;
  }
}
