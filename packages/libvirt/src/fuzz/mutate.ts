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

/** Values at which lengths, counts, types and flags go wrong. */
const edges = [
  0, 1, 2, 3, 4, 7, 8, 27, 28, 0x40, 0x41, 0xffff, 0x40_0000, 0x40_0001, 0x7fff_ffff, 0xffff_ffff,
];

/** A copy of `bytes` with one to four things wrong. All of XDR stands at multiples of four. */
export function mutate(bytes: Uint8Array, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let count = 1 + random.below(4); count > 0 && result.length >= 4; count--) {
    const at = random.below(result.length >> 2) * 4;
    switch (random.below(5)) {
      case 0:
        result[at + random.below(4)] = random.below(256);
        break;
      case 1:
        result.writeUInt32BE(random.pick(edges), at);
        break;
      case 2:
        result = result.subarray(0, random.below(result.length + 1));
        break;
      case 3:
        result = Buffer.concat([
          result.subarray(0, at),
          noise(random, 4 + random.below(12)),
          result.subarray(at),
        ]);
        break;
      default:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + 4 * (1 + random.below(8)))]);
    }
  }
  return result;
}

export function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}
