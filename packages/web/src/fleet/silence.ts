import { STREAM_SILENT_AFTER_MS } from '@virtfn/contract';

/** Tells when nothing was heard for too long: a browser waits for ever where nobody tells it that a connection is dead. */
export class Silence {
  readonly #tooLong = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.heard();
  }

  /** Fires with the reason. */
  get signal(): AbortSignal {
    return this.#tooLong.signal;
  }

  /** Something was heard. */
  heard(): void {
    this.stop();
    const why = new Error(`nothing was heard for ${STREAM_SILENT_AFTER_MS / 1000} s`);
    this.#timer = setTimeout(() => this.#tooLong.abort(why), STREAM_SILENT_AFTER_MS);
  }

  /** Nobody listens any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
