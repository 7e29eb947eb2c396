/**
 * Lets so many in at once, and the others in the order they came: ten thousand agents that connect at the same moment
 * must not become ten thousand transactions at the same moment.
 */
export class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  /** Where the queue begins: taking from the front of a long array would cost its length. */
  #next = 0;

  constructor(places: number) {
    this.#free = places;
  }

  async enter<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** The place goes to the one who waits longest, without being free in between. */
  #leave(): void {
    const next = this.#waiting[this.#next];
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#next += 1;
    if (this.#next === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#next = 0;
    }
    next();
  }
}
