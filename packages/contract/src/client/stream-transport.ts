/** A stream on which nothing came for so long is dead: the server shows four times as often that it is there. */
export const STREAM_SILENT_AFTER_MS = 60_000;

/**
 * Opens a stream of text that goes on for as long as the server, the network and `signal` let it: it ends quietly when it
 * breaks, and quietly or with CONTROLLER_UNREACHABLE when nothing was heard for STREAM_SILENT_AFTER_MS.
 *
 * @throws {SriovError} the code that the server answered with, or CONTROLLER_UNREACHABLE
 */
export type StreamTransport = (
  request: { readonly path: string; readonly lastEventId: string | null },
  signal: AbortSignal,
) => Promise<AsyncIterable<string>>;
