import { SriovError } from '@virtfn/model';

/** So many may wait for one user's password to be looked at; whoever comes later is sent away. */
const MOST_WAITING = 32;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;

/**
 * Looks at passwords one after the other for each user, the longer apart the more have failed: guessing does not get
 * faster by many connections, nor does it take all of the CPU.
 */
export class AttemptQueue {
  readonly #users = new Map<string, { waiting: number; failed: number; last: Promise<unknown> }>();
  readonly #delay: (ms: number) => Promise<void>;

  constructor(delay: (ms: number) => Promise<void>) {
    this.#delay = delay;
  }

  /** @throws {SriovError} AUTHENTICATION_UNAVAILABLE when too many wait */
  async run(user: string, attempt: () => Promise<boolean>): Promise<boolean> {
    const queue = this.#users.get(user) ?? { waiting: 0, failed: 0, last: Promise.resolve() };
    this.#users.set(user, queue);
    if (queue.waiting >= MOST_WAITING) {
      throw new SriovError(
        'AUTHENTICATION_UNAVAILABLE',
        `Cannot look at the password: ${queue.waiting} others for this user wait to be looked at`,
      );
    }
    queue.waiting += 1;
    const turn = queue.last.then(async () => {
      const fits = await attempt();
      queue.failed = fits ? 0 : queue.failed + 1;
      if (!fits) await this.#delay(Math.min(FIRST_DELAY_MS * 2 ** (queue.failed - 1), LONGEST_DELAY_MS));
      return fits;
    });
    queue.last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      queue.waiting -= 1;
    }
  }
}
