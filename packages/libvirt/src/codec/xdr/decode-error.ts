/** Bytes that are not what they should be. The only exception that decoding throws. */
export class LibvirtDecodeError extends Error {
  override readonly name = 'LibvirtDecodeError';
  /** What was being read: "a string", "a packet". */
  readonly what: string;
  /** Where in the bytes handed in, counted from 0. */
  readonly offset: number;

  constructor(what: string, found: string, offset: number) {
    super(`Cannot decode ${what}: ${found} at byte ${offset}`);
    this.what = what;
    this.offset = offset;
  }
}
