import type { Packet, Procedure } from '../codec/index.ts';

/** How long one call may take. */
export interface CallOptions {
  /** Milliseconds; null: as long as it takes. The connection's own limit unless told. */
  readonly timeoutMs?: number | null;
  /** Gives the call up. libvirt is not told, and goes on. */
  readonly signal?: AbortSignal;
}

/** Told of what nobody asked for. */
export interface ConnectionListener {
  /** @throws {LibvirtDecodeError} when the message is nonsense, which ends the connection */
  readonly onMessage?: (packet: Packet) => void;
  /** Calls go through from now on. */
  readonly onConnected?: () => void;
  /** Also when it was lost already. */
  readonly onLost?: (cause: Error) => void;
}

/** Something that calls can be made on: one connection, or one that comes back. */
export interface Connection extends AsyncDisposable {
  /** Whether a lost connection is made again. */
  readonly reconnects: boolean;
  /**
   * @throws {LibvirtError} libvirt refused
   * @throws {LibvirtOutcomeUnknown} it was sent, and no answer came
   * @throws {LibvirtUnavailable} there is no connection; nothing was sent
   * @throws {LibvirtDecodeError} the answer was nonsense; the connection is closed
   * @throws {RangeError} an argument does not fit the protocol; nothing was sent
   */
  call<Given, Result>(
    procedure: Procedure<Given, Result>,
    given: Given,
    options?: CallOptions,
  ): Promise<Result>;
  /** @returns what ends it */
  listen(listener: ConnectionListener): () => void;
  /** Ends it. Calls in flight fail. Idempotent. */
  close(): Promise<void>;
}
