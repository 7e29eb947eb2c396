const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/**
 * How long to wait before the next try: at random up to a limit that doubles. When a controller starts again, ten thousand
 * agents find out in the same second; chance is what spreads them.
 */
export class BackOff {
  readonly #random: () => number;
  #limitMs = FIRST_MS;

  /** @param random from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  reset(): void {
    this.#limitMs = FIRST_MS;
  }

  /** The next one is as long as it may be: trying again soon would not help. */
  exhaust(): void {
    this.#limitMs = LONGEST_MS;
  }

  /** Milliseconds. */
  next(): number {
    const waitMs = this.#random() * this.#limitMs;
    this.#limitMs = Math.min(2 * this.#limitMs, LONGEST_MS);
    return waitMs;
  }
}
