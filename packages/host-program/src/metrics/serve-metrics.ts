import type { ListenAddress } from '@virtfn/contract';
import { keepListening, type KeepListeningOptions } from '../listener/index.ts';
import { listenForScrapes } from './metrics-server.ts';

export interface ServeMetricsOptions extends Pick<KeepListeningOptions, 'clock' | 'log' | 'stop'> {
  readonly address: ListenAddress;
  /** All metrics, in the form that Prometheus reads. */
  readonly read: () => Promise<string>;
}

/** Serves metrics until `stop` is aborted. */
export function serveMetrics({ address, read, ...options }: ServeMetricsOptions): Promise<void> {
  return keepListening({
    what: 'metrics',
    listen: (onTrouble) => listenForScrapes(address, read, onTrouble),
    ...options,
  });
}
