import { LibvirtDecodeError, type Packet } from '../codec/index.ts';

/** Who waits for a reply. */
export interface Waiting {
  readonly program: number;
  readonly procedure: number;
  readonly answer: (reply: Packet) => void;
  readonly fail: (cause: Error) => void;
}

const U32_MAX = 0xffff_ffff;

/** Joins replies to their calls. The daemon answers in any order. */
export class CallsInFlight {
  readonly #waiting = new Map<number, Waiting>();
  /** Given up, and not answered yet: their replies are to be dropped, not taken for nonsense. */
  readonly #abandoned = new Set<number>();
  #last: number;

  /** @param last the serial before the first; for tests of what happens when they run out */
  constructor(last = 0) {
    this.#last = last;
  }

  /** A serial that no call in flight has. */
  begin(waiting: Waiting): number {
    do this.#last = this.#last === U32_MAX ? 1 : this.#last + 1;
    while (this.#waiting.has(this.#last) || this.#abandoned.has(this.#last));
    this.#waiting.set(this.#last, waiting);
    return this.#last;
  }

  /** Nobody waits for it any more. Idempotent; false when it was answered before. */
  abandon(serial: number): boolean {
    if (!this.#waiting.delete(serial)) return false;
    this.#abandoned.add(serial);
    return true;
  }

  /**
   * Who waits for this reply; null when it comes too late.
   *
   * @throws {LibvirtDecodeError} when it answers what was not asked
   */
  take(reply: Packet): Waiting | null {
    if (this.#abandoned.delete(reply.serial)) return null;
    const waiting = this.#waiting.get(reply.serial);
    if (waiting?.program !== reply.program || waiting.procedure !== reply.procedure) {
      const found = `procedure ${reply.procedure} with serial ${reply.serial}, which was not asked`;
      throw new LibvirtDecodeError('a reply', found, 0);
    }
    this.#waiting.delete(reply.serial);
    return waiting;
  }

  failAll(cause: Error): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { fail } of all) fail(cause);
  }
}
