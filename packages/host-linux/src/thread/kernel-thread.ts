import { Worker } from 'node:worker_threads';
import { SriovError } from '@virtfn/model';
import type { Job, JobResults } from './jobs.ts';

export interface Question {
  readonly id: number;
  readonly job: Job;
}

export type Answer =
  | { readonly id: number; readonly result: JobResults[Job['kind']] }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: SriovError) => void;
}

/** More jobs than that are not put behind one that hangs: all would be done, for nobody, when it comes back. */
const MOST_UNANSWERED = 8;
const PROGRAM = new URL('kernel-worker.ts', import.meta.url);

/**
 * A thread for calls that the kernel may hold back. Synchronous reads take a fifth of the time of asynchronous ones,
 * and here they hold up nobody. Each job starts after it was asked for, so a look shows what was written before.
 */
export class KernelThread {
  readonly #program: URL;
  readonly #waiting = new Map<number, Waiting>();
  /** Asked and not answered, also those that nobody waits for any more. */
  #unanswered = 0;
  #lastId = 0;
  #worker: Worker | null = null;

  /** `program`: another one than the jobs, for tests. */
  constructor(program: URL = PROGRAM) {
    this.#program = program;
  }

  /**
   * @param action what the job is for, as it stands in an error: "read the PFs"
   * @throws {SriovError} STEP_TIMEOUT, KERNEL_REFUSED
   */
  async run<Kind extends Job['kind']>(
    job: Extract<Job, { kind: Kind }>,
    action: string,
    limitMs: number,
  ): Promise<JobResults[Kind]> {
    if (this.#unanswered >= MOST_UNANSWERED) throw tooLate(action, limitMs);
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<JobResults[Kind]>();
    const timer = setTimeout(() => this.#settle(id)?.reject(tooLate(action, limitMs)), limitMs);
    this.#waiting.set(id, { resolve, reject });
    this.#unanswered += 1;
    // The rule is about windows of browsers.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#start().postMessage({ id, job } satisfies Question);
    return promise.finally(() => clearTimeout(timer));
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#program);
    worker.on('message', (answer: Answer) => this.#answered(answer));
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => this.#lost(worker, new Error('the thread ended')));
    // Those who wait hold the process by their timers; the thread alone shall not.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #answered(answer: Answer): void {
    this.#unanswered -= 1;
    const waiting = this.#settle(answer.id);
    // Each question has one answer, of the kind that was asked for.
    if ('result' in answer) waiting?.resolve(answer.result as never);
    else waiting?.reject(failed(answer.error));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** The next job starts a new thread. */
  #lost(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#unanswered = 0;
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(failed(cause.message, cause));
  }
}

function tooLate(action: string, limitMs: number): SriovError {
  const message = `Cannot ${action}: no answer from the kernel in ${limitMs / 1000} s`;
  return new SriovError('STEP_TIMEOUT', message, { details: { limitMs } });
}

function failed(why: string, cause?: Error): SriovError {
  return new SriovError('KERNEL_REFUSED', `Cannot read or write the kernel's files: ${why}`, { cause });
}
