/** One open connection to the controller. Both methods do nothing when it is closed. */
export interface LinkConnection {
  send(text: string): void;
  ping(): void;
  close(code: number): void;
}

/** What happens on a connection. */
export interface LinkEvents {
  message(text: string): void;
  /** The controller answered a ping. */
  pong(): void;
  /** Once, and nothing comes after it. `code`: one of CLOSE_CODE, or of RFC 6455. */
  closed(code: number, reason: string): void;
}

/**
 * Opens a connection; `events` hears of it once the promise resolves.
 *
 * @throws {SriovError} CONTROLLER_UNREACHABLE, CONTROLLER_UNTRUSTED, CERTIFICATE_REFUSED
 */
export type Dial = (events: LinkEvents, signal: AbortSignal) => Promise<LinkConnection>;
