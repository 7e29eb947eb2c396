/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to `below` - 1. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('Cannot pick from nothing');
    return item;
  }
}

/** Values at which lengths and counts go wrong. */
const edges = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 20, 127, 128, 255, 0x3fff, 0x7fff, 0x8000, 0xfffc, 0xffff];
const wideEdges = [...edges, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff];

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

/** `other` is another input to take parts from. All but those that change the length change `bytes` in place. */
const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  },
  function setByte(bytes, random) {
    bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  // Attributes start at multiples of four, with their length.
  function setLength(bytes, random) {
    const at = random.below(bytes.length >> 2) * 4;
    if (at + 2 <= bytes.length) bytes.writeUInt16LE(random.pick(edges), at);
    return bytes;
  },
  function nudgeLength(bytes, random) {
    const at = random.below(bytes.length >> 2) * 4;
    if (at + 2 <= bytes.length)
      bytes.writeUInt16LE((bytes.readUInt16LE(at) + random.below(17) - 8) & 0xffff, at);
    return bytes;
  },
  function setType(bytes, random) {
    const at = random.below(bytes.length >> 2) * 4 + 2;
    if (at + 2 <= bytes.length) bytes.writeUInt16LE(random.below(180) | (random.below(4) << 14), at);
    return bytes;
  },
  function setWord(bytes, random) {
    const at = random.below(bytes.length >> 2) * 4;
    if (at + 4 <= bytes.length) bytes.writeUInt32LE(random.pick(wideEdges), at);
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function extend(bytes, random) {
    return Buffer.concat([bytes, noise(random, 1 + random.below(12))]);
  },
  function cutOut(bytes, random) {
    const from = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(40))]);
  },
  function repeat(bytes, random) {
    const from = random.below(bytes.length >> 2) * 4;
    return Buffer.concat([bytes.subarray(0, from + 4 * random.below(12)), bytes.subarray(from)]);
  },
  function splice(bytes, random, other) {
    const at = random.below(bytes.length >> 2) * 4;
    const from = random.below((other.length >> 2) + 1) * 4;
    return Buffer.concat([
      bytes.subarray(0, at),
      other.subarray(from, from + 4 + random.below(64)),
      bytes.subarray(at),
    ]);
  },
];

/** A copy of `bytes` with one to four things wrong. */
export function mutate(bytes: Buffer, random: Random, other: Buffer): Buffer {
  let result = Buffer.from(bytes);
  for (let count = 1 + random.below(4); count > 0 && result.length >= 4; count--) {
    result = Buffer.from(random.pick(mutations)(result, random, other));
  }
  return result;
}

export function noise(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = random.below(256);
  return bytes;
}
