import type { ToldStep } from '@virtfn/contract/agent-link';
import { MOST_STEPS_AT_ONCE } from '@virtfn/contract/agent-link';

/** As many are kept for a controller that is away; some 2 MB. */
const MOST_KEPT = 4096;

/**
 * What was done on the host, until the controller has it on disk: a step leaves when it is acknowledged. While nobody
 * takes them, the oldest make room for the newest, and the controller is told how many it will never hear of.
 *
 *   told ──lost──▶ first ──kept──▶ last
 */
export class StepLog {
  readonly #id: string;
  /** Of the oldest step that is kept. Steps are numbered from 0. */
  #first = 0;
  /** The controller has all before this one, or knows that they are lost. */
  #told = 0;
  #kept: ToldStep[] = [];
  #isUnderWay = false;

  /** @param id of this log alone: numbers of another life of the agent mean nothing in it */
  constructor(id: string) {
    this.#id = id;
  }

  put(step: ToldStep): void {
    this.#kept.push(step);
    if (this.#kept.length <= MOST_KEPT) return;
    this.#kept.shift();
    this.#first += 1;
  }

  /** A new session: whether the controller took what was sent in the last one is not known, so it is sent again. */
  forget(): void {
    this.#isUnderWay = false;
  }

  /** The next message, or null: there is nothing to tell, or the last one is not acknowledged yet. */
  takeMessage(): string | null {
    const lost = this.#first - this.#told;
    if (this.#isUnderWay || (this.#kept.length === 0 && lost === 0)) return null;
    this.#isUnderWay = true;
    const steps = this.#kept.slice(0, MOST_STEPS_AT_ONCE);
    return JSON.stringify({ kind: 'steps', log: this.#id, first: this.#first, lost, steps });
  }

  /** The controller has all steps before `next`. */
  acknowledge(log: string, next: number): void {
    if (log !== this.#id || next > this.#first + this.#kept.length) return;
    this.#isUnderWay = false;
    this.#told = Math.max(this.#told, next);
    if (next <= this.#first) return;
    this.#kept.splice(0, next - this.#first);
    this.#first = next;
  }
}
