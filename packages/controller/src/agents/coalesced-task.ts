/**
 * Work that may be asked for any number of times: it runs once for all who asked before it began, never twice at once,
 * and once more when somebody asked meanwhile. What failed waits until `retry`.
 */
export class CoalescedTask {
  readonly #work: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #state: 'idle' | 'running' | 'asked-again' | 'failed' = 'idle';

  constructor(work: () => Promise<void>, onError: (error: unknown) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  request(): void {
    if (this.#state === 'running') this.#state = 'asked-again';
    if (this.#state === 'asked-again') return;
    void this.#run();
  }

  /** Runs it again if it failed the last time. */
  retry(): void {
    if (this.#state === 'failed') void this.#run();
  }

  async #run(): Promise<void> {
    do {
      this.#state = 'running';
      try {
        await this.#work();
      } catch (error) {
        this.#state = 'failed';
        this.#onError(error);
        return;
      }
    } while (this.#isAskedAgain());
    this.#state = 'idle';
  }

  #isAskedAgain(): boolean {
    return this.#state === 'asked-again';
  }
}
