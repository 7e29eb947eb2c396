/**
 * Opens a stream of text that goes on for as long as the server, the network and `signal` let it: it ends quietly, however
 * it ends.
 *
 * @throws {SriovError} the code that the server answered with, or CONTROLLER_UNREACHABLE
 */
export type StreamTransport = (
  request: { readonly path: string; readonly lastEventId: string | null },
  signal: AbortSignal,
) => Promise<AsyncIterable<string>>;
