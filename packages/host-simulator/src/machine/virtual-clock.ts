import type { Clock } from '@virtfn/host';

/** Time that moves only when somebody waits. Milliseconds from 0. */
export class VirtualClock implements Clock {
  #now = 0;
  #sequence = 0;
  readonly #due: { at: number; sequence: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  /** Runs `action` when time reaches `ms` from now. Actions of one moment run in the order they were given. */
  after(ms: number, action: () => void): void {
    const entry = { at: this.#now + ms, sequence: this.#sequence, run: action };
    this.#sequence += 1;
    let index = this.#due.length;
    while (index > 0 && this.#isLater(index - 1, entry)) index -= 1;
    this.#due.splice(index, 0, entry);
  }

  #isLater(index: number, entry: { at: number }): boolean {
    const other = this.#due[index];
    return other !== undefined && other.at > entry.at;
  }

  /** Moves time on and runs what falls due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#due[0]; next !== undefined && next.at <= end; next = this.#due[0]) {
      this.#due.shift();
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = Math.max(this.#now, end);
  }

  async sleep(ms: number): Promise<void> {
    this.advance(ms);
    // Lets those who were woken go on before the sleeper does.
    await Promise.resolve();
  }
}
