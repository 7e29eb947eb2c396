import type { ListenAddress } from '@virtfn/contract';
import type { Clock } from '@virtfn/host';
import { toSriovError } from '@virtfn/model';
import { MetricsServer } from './metrics-server.ts';

export interface ServeMetricsOptions {
  readonly address: ListenAddress;
  /** All metrics, in the form that Prometheus reads. */
  readonly read: () => Promise<string>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly stop: AbortSignal;
}

const TRY_AGAIN_MS = 10_000;

/**
 * Serves metrics until `stop` is aborted. The agent starts before the network, so that an address may come later than it
 * does; and a port that somebody else has is no reason to leave VFs alone. So it tries again.
 */
export async function serveMetrics({ address, read, clock, log, stop }: ServeMetricsOptions): Promise<void> {
  let told = '';
  while (!stop.aborted) {
    try {
      const server = await MetricsServer.listen(address, read);
      log(`metrics on ${server.url}`);
      await new Promise<void>((resolve) => {
        if (stop.aborted) resolve();
        stop.addEventListener('abort', () => resolve(), { once: true });
      });
      await server.close();
    } catch (thrown) {
      const { message, code } = toSriovError(thrown);
      if (message !== told) log(`${message} (${code})`);
      told = message;
      await clock.sleep(TRY_AGAIN_MS, stop);
    }
  }
}
