/** Values under keys, each with an end. Bounded: whoever sends many keys cannot fill the memory. */
export class ExpiringCache<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly endsAtMs: number }>();
  readonly #limit: number;
  readonly #now: () => Date;

  constructor(limit: number, now: () => Date) {
    this.#limit = limit;
    this.#now = now;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.endsAtMs > this.#now().getTime()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Keeps a value for so many milliseconds. The oldest entry makes room. */
  remember(key: string, value: Value, forMs: number): void {
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= this.#limit) this.#entries.delete(oldest);
    this.#entries.set(key, { value, endsAtMs: this.#now().getTime() + forMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
