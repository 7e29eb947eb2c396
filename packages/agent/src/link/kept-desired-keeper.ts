import type { KeptDesired } from '@virtfn/contract/agent-link';

/** Where the last desired state lies, so that the host is right without the controller after a reboot, too. */
export interface KeptDesiredStore {
  /** null: there is none. @throws {SriovError} when what is there cannot be read */
  read(): Promise<KeptDesired | null>;
  /** On disk when the promise resolves; all of it or nothing. */
  write(kept: KeptDesired): Promise<void>;
}

/**
 * The last desired state in memory and on disk. Nobody gets to see one that is not on disk: an agent that acted on it,
 * was killed and came back with the one before would take VFs away again.
 */
export class KeptDesiredKeeper {
  readonly #store: KeptDesiredStore;
  #latest: KeptDesired | null;
  #written: KeptDesired | null;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: KeptDesiredStore, kept: KeptDesired | null) {
    this.#store = store;
    this.#latest = kept;
    this.#written = kept;
  }

  get latest(): KeptDesired | null {
    return this.#latest;
  }

  /** Takes a new one, and begins to write it. */
  put(kept: KeptDesired): void {
    this.#latest = kept;
    // Whoever asks for it waits for it, and is told what went wrong.
    this.written().catch(() => {});
  }

  /** The latest, once it is on disk. Tries again what failed before. @throws what the store throws */
  async written(): Promise<KeptDesired | null> {
    const turn = this.#writing.then(() => this.#write());
    this.#writing = turn.catch(() => {});
    await turn;
    return this.#written;
  }

  async #write(): Promise<void> {
    const kept = this.#latest;
    if (kept === null || kept === this.#written) return;
    await this.#store.write(kept);
    this.#written = kept;
  }
}
