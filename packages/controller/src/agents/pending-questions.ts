import type { Answer, AnswerMessage, Ask, Question } from '@virtfn/contract/agent-link';
import { type HostId, SriovError } from '@virtfn/model';

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: SriovError) => void;
}

/** More wait for one agent only when it does not answer. */
const MOST_PENDING = 64;
const OVER = 'its session has ended';

/** Questions to one agent that it has not answered yet. */
export class PendingQuestions {
  readonly #hostId: HostId;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #isOver = false;

  constructor(hostId: HostId) {
    this.#hostId = hostId;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param send sends the question; the answer comes by `take`
   * @param limitMs milliseconds to wait
   * @throws {SriovError} AGENT_UNREACHABLE
   */
  async ask(send: (ask: Ask) => void, question: Question, limitMs: number): Promise<Answer> {
    if (this.#isOver) throw this.#silent(OVER);
    if (this.#pending.size >= MOST_PENDING) throw this.#silent('many questions to it wait already');
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#pending.set(id, { resolve, reject });
    const limit = setTimeout(() => reject(this.#silent(`no answer in ${limitMs / 1000} s`)), limitMs);
    try {
      send({ kind: 'ask', id, question });
      return await promise;
    } finally {
      clearTimeout(limit);
      this.#pending.delete(id);
    }
  }

  /** Takes an answer. One that nobody waits for any more is dropped. */
  take({ id, answer }: AnswerMessage): void {
    this.#pending.get(id)?.resolve(answer);
  }

  /** Nothing will be answered any more. */
  end(): void {
    this.#isOver = true;
    for (const { reject } of this.#pending.values()) reject(this.#silent(OVER));
  }

  #silent(why: string): SriovError {
    return new SriovError('AGENT_UNREACHABLE', `Cannot ask the agent of host ${this.#hostId}: ${why}`, {
      details: { host: this.#hostId },
      hint: 'Look at `systemctl status virtfn-agent` on the host; it dials again by itself',
    });
  }
}
