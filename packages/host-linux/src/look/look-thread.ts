import { Worker } from 'node:worker_threads';
import { type ObservedHost, SriovError } from '@virtfn/model';

export interface LookRequest {
  readonly id: number;
  readonly root: string;
}

export type LookAnswer =
  | { readonly id: number; readonly host: ObservedHost }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (host: ObservedHost) => void;
  readonly reject: (error: SriovError) => void;
}

/** More looks than that are not put behind one that hangs: all would be taken, for nobody, when it comes back. */
const MOST_UNANSWERED = 8;
const THREAD = new URL('look-worker.ts', import.meta.url);

/**
 * The thread that looks. Synchronous reads take a fifth of the time of asynchronous ones, and here they hold up
 * nobody. Each look starts after it was asked for, so it shows what was written before.
 */
export class LookThread {
  readonly #limitMs: number;
  readonly #program: URL;
  readonly #waiting = new Map<number, Waiting>();
  /** Asked and not answered, also those that nobody waits for any more. */
  #unanswered = 0;
  #lastId = 0;
  #worker: Worker | null = null;

  /** `program`: another one than readMachine, for tests. */
  constructor(limitMs: number, program: URL = THREAD) {
    this.#limitMs = limitMs;
    this.#program = program;
  }

  /** @throws {SriovError} STEP_TIMEOUT, KERNEL_REFUSED */
  async look(root: string): Promise<ObservedHost> {
    if (this.#unanswered >= MOST_UNANSWERED) throw this.#tooLate(root);
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<ObservedHost>();
    const timer = setTimeout(() => this.#settle(id)?.reject(this.#tooLate(root)), this.#limitMs);
    this.#waiting.set(id, { resolve, reject });
    this.#unanswered += 1;
    // The rule is about windows of browsers.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#start().postMessage({ id, root } satisfies LookRequest);
    return promise.finally(() => clearTimeout(timer));
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#program);
    worker.on('message', (answer: LookAnswer) => this.#answered(answer));
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => this.#lost(worker, new Error('the thread ended')));
    // Those who wait hold the process by their timers; the thread alone shall not.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #answered(answer: LookAnswer): void {
    this.#unanswered -= 1;
    const waiting = this.#settle(answer.id);
    if ('host' in answer) waiting?.resolve(answer.host);
    else waiting?.reject(refused(answer.error));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** The next look starts a new thread. */
  #lost(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#unanswered = 0;
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(refused(cause.message, cause));
  }

  #tooLate(root: string): SriovError {
    const text = `Cannot read the PFs below "${root}": no answer from the kernel in ${this.#limitMs / 1000} s`;
    return new SriovError('STEP_TIMEOUT', text, { details: { root, limitMs: this.#limitMs } });
  }
}

function refused(why: string, cause?: Error): SriovError {
  return new SriovError('KERNEL_REFUSED', `Cannot read the PFs of this machine: ${why}`, { cause });
}
