import { formatAddress } from './address.ts';
import type { Bytes } from './bytes.ts';
import { NetlinkDecodeError } from './decode-error.ts';

/** struct nlattr: u16 length including these four bytes, u16 type. */
const HEADER = 4;
/** NLA_F_NESTED and NLA_F_NET_BYTEORDER stand in the top bits of the type. */
const TYPE_MASK = 0x3fff;
const NESTED = 0x8000;

/**
 * Walks over the attributes of a message or of a nest, without an object for each: a dump has tens of thousands.
 * Scalars are read at `offset` in the payload, which may be longer than they are: the kernel lets structs grow.
 *
 * @throws {NetlinkDecodeError} from each method
 * @example
 * for (const attributes = new AttributeReader(bytes, 16); attributes.next(); )
 *   if (attributes.type === IFLA_MTU) mtu = attributes.u32();
 */
export class AttributeReader {
  readonly bytes: Bytes;
  /** Where the last attribute ends at the latest. */
  readonly end: number;
  readonly #mayWrap: number | null;
  #position: number;
  #type = 0;
  #nested = false;
  #start = 0;
  #length = 0;
  #lengthField = 0;

  /** An attribute of type `mayWrap` is let through with a length that makes no sense: see vf-list.ts for why. */
  constructor(bytes: Bytes, from: number, to = bytes.length, mayWrap: number | null = null) {
    if (from > to || to > bytes.length) {
      throw new NetlinkDecodeError('attributes', `only ${bytes.length} bytes there`, from);
    }
    this.bytes = bytes;
    this.end = to;
    this.#position = from;
    this.#mayWrap = mayWrap;
  }

  /** Goes to the next attribute; false at the end. */
  next(): boolean {
    const at = this.#position;
    const left = this.end - at;
    if (left <= 0) return false;
    if (left < HEADER) throw new NetlinkDecodeError('attributes', `${left} bytes left over`, at);
    const length = this.bytes.u16(at);
    const type = this.bytes.u16(at + 2);
    this.#type = type & TYPE_MASK;
    this.#nested = (type & NESTED) !== 0;
    this.#lengthField = length;
    this.#start = at + HEADER;
    if (length >= HEADER && length <= left) this.#length = length - HEADER;
    else if (this.#type === this.#mayWrap) this.#length = 0;
    else {
      const found = `length ${length} where ${left} bytes are left`;
      throw new NetlinkDecodeError(`attribute ${this.#type}`, found, at);
    }
    // The last attribute need not be padded.
    this.#position = at + Math.max(HEADER, (length + 3) & ~3);
    return true;
  }

  /** Goes on at `position` in the bytes, after the current attribute has turned out to end elsewhere. */
  continueAt(position: number): void {
    if (position < this.#start) throw new NetlinkDecodeError('attributes', 'a step back', position);
    this.#position = position;
  }

  /** Without the two flag bits. */
  get type(): number {
    return this.#type;
  }

  /** Whether NLA_F_NESTED is set. Old parts of the kernel nest without it. */
  get nested(): boolean {
    return this.#nested;
  }

  /** Where the payload starts in the bytes. */
  get start(): number {
    return this.#start;
  }

  /** Of the payload, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** nla_len as it stands in the bytes, header included. */
  get lengthField(): number {
    return this.#lengthField;
  }

  u8(offset = 0): number {
    return this.bytes.u8(this.#at(offset, 1));
  }

  u16(offset = 0): number {
    return this.bytes.u16(this.#at(offset, 2));
  }

  bigEndianU16(offset = 0): number {
    return this.bytes.bigEndianU16(this.#at(offset, 2));
  }

  u32(offset = 0): number {
    return this.bytes.u32(this.#at(offset, 4));
  }

  i32(offset = 0): number {
    return this.bytes.i32(this.#at(offset, 4));
  }

  u64(offset = 0): bigint {
    return this.bytes.u64(this.#at(offset, 8));
  }

  /** The payload as text, up to its NUL. */
  text(): string {
    return this.bytes.text(this.#start, this.#length);
  }

  /** A copy of the payload, or of the first `length` bytes from `offset`. */
  copy(offset = 0, length = this.#length - offset): Uint8Array {
    return Uint8Array.from(this.bytes.slice(this.#at(offset, length), length));
  }

  /** A hardware address: "52:54:00:00:00:01". */
  address(offset = 0, length = this.#length - offset): string {
    return formatAddress(this.bytes.slice(this.#at(offset, length), length));
  }

  /** The attributes inside this one, from `offset` in its payload. */
  nest(offset = 0): AttributeReader {
    return new AttributeReader(this.bytes, this.#at(offset, 0), this.#start + this.#length);
  }

  #at(offset: number, length: number): number {
    if (offset < 0 || length < 0 || offset + length > this.#length) {
      const found = `${this.#length} bytes where ${offset + length} are needed`;
      throw new NetlinkDecodeError(`attribute ${this.#type}`, found, this.#start);
    }
    return this.#start + offset;
  }
}
