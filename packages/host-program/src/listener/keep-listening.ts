import type { Clock } from '@virtfn/host';
import { type SriovError, toSriovError } from '@virtfn/model';
import type { Listening, ListenOptions } from './listen-on.ts';

export interface KeepListeningOptions {
  /** What is served, as the log says it: `metrics`. */
  readonly what: string;
  /** @throws {SriovError} LISTEN_FAILED */
  readonly listen: (onTrouble: ListenOptions['onTrouble']) => Promise<Listening>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly stop: AbortSignal;
}

const TRY_AGAIN_MS = 10_000;

/**
 * Serves until `stop` is aborted. The agent starts before the network, so that an address may come later than it does; and a
 * port that somebody else has is no reason to leave VFs alone. So it tries again.
 */
export async function keepListening({ what, listen, clock, log, stop }: KeepListeningOptions): Promise<void> {
  let told = '';
  // It may be the same many times a second.
  const tell = ({ message, code }: SriovError): void => {
    if (message !== told) log(`${message} (${code})`);
    told = message;
  };
  while (!stop.aborted) {
    try {
      const server = await listen(tell);
      log(`${what} on ${server.url}`);
      await new Promise<void>((resolve) => {
        if (stop.aborted) resolve();
        stop.addEventListener('abort', () => resolve(), { once: true });
      });
      await server.close();
    } catch (thrown) {
      tell(toSriovError(thrown));
      await clock.sleep(TRY_AGAIN_MS, stop);
    }
  }
}
