import type { Procedure } from '../codec/index.ts';
import type { CallOptions, Connection, ConnectionListener } from './connection.ts';
import { LibvirtConnection, type OpenOptions } from './libvirt-connection.ts';
import { LibvirtUnavailable } from './libvirt-error.ts';

/** How a connection is, for a log. */
export type ConnectionStatus =
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost'; readonly cause: unknown }
  /** An attempt has failed; the next comes after `delayMs`. */
  | { readonly kind: 'waiting'; readonly cause: unknown; readonly delayMs: number };

/** Whom to talk to, and when to try again. */
export interface ReconnectOptions extends Omit<OpenOptions, 'signal'> {
  /** Before the first attempt after a loss; doubled each time, up to the most, and half of it by chance. 250 unless told. */
  readonly minDelayMs?: number;
  /** 30000 unless told. */
  readonly maxDelayMs?: number;
  readonly onStatus?: (status: ConnectionStatus) => void;
  /** From 0 to 1, for tests. */
  readonly random?: () => number;
}

/**
 * A connection that is made again when it is lost, for as long as it takes: daemons are restarted by updates. A call while
 * there is none fails at once; no call is ever made twice.
 */
export class ReconnectingConnection implements Connection {
  readonly reconnects = true;
  readonly #options: ReconnectOptions;
  readonly #listeners = new Set<ConnectionListener>();
  readonly #stop = new AbortController();
  #current: LibvirtConnection | null = null;
  #lastCause: unknown = null;
  readonly #running: Promise<void>;

  /** Begins to connect. Whether it has is told by `onStatus`, `listen` and `whenConnected`. */
  constructor(options: ReconnectOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Fulfilled when calls go through. @throws what the signal says, or {LibvirtUnavailable} after close() */
  async whenConnected(signal?: AbortSignal): Promise<void> {
    if (this.#current !== null) return;
    const either = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
    either.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(either.reason);
    either.addEventListener('abort', abort, { once: true });
    const end = this.listen({ onConnected: resolve });
    try {
      await promise;
    } finally {
      end();
      either.removeEventListener('abort', abort);
    }
  }

  async call<Given, Result>(
    procedure: Procedure<Given, Result>,
    given: Given,
    options?: CallOptions,
  ): Promise<Result> {
    if (this.#current !== null) return this.#current.call(procedure, given, options);
    throw new LibvirtUnavailable('closed', 'there is no connection at the moment', this.#lastCause);
  }

  listen(listener: ConnectionListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.#stop.abort(new LibvirtUnavailable('closed', 'the connection was closed here'));
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const lost = await this.#live();
        this.#tell({ kind: 'lost', cause: lost });
        failures = 0;
      } catch (error) {
        this.#lastCause = error;
        failures += 1;
      }
      if (signal.aborted) return;
      const delayMs = this.#delay(failures);
      if (failures > 0) this.#tell({ kind: 'waiting', cause: this.#lastCause, delayMs });
      await pause(delayMs, signal);
    }
  }

  /** One connection from its opening to its loss. @throws when it cannot be opened */
  async #live(): Promise<Error> {
    const { signal } = this.#stop;
    const connection = await LibvirtConnection.open({ ...this.#options, signal });
    const { promise, resolve } = Promise.withResolvers<Error>();
    connection.listen({
      onMessage: (packet) => {
        for (const { onMessage } of this.#listeners) onMessage?.(packet);
      },
      onLost: resolve,
    });
    const end = (): void => void connection.close();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    this.#current = connection;
    this.#tell({ kind: 'connected' });
    for (const { onConnected } of this.#listeners) onConnected?.();
    const lost = await promise;
    this.#current = null;
    this.#lastCause = lost;
    signal.removeEventListener('abort', end);
    for (const { onLost } of this.#listeners) onLost?.(lost);
    await connection.close();
    return lost;
  }

  #delay(failures: number): number {
    const { minDelayMs = 250, maxDelayMs = 30_000, random = Math.random } = this.#options;
    const most = Math.min(maxDelayMs, minDelayMs * 2 ** failures);
    return Math.round(most * (0.5 + random() / 2));
  }

  #tell(status: ConnectionStatus): void {
    // Not here: what it throws is no failure of the connection.
    queueMicrotask(() => this.#options.onStatus?.(status));
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done, { once: true });
  });
}
