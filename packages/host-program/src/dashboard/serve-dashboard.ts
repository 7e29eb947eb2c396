import type { ListenAddress } from '@virtfn/contract';
import { usualWebFiles } from '@virtfn/web-files';
import { keepListening, type KeepListeningOptions } from '../listener/index.ts';
import { listenForDashboard } from './dashboard-server.ts';
import { EventStreams } from './event-streams.ts';
import { createHostApi, type HostApiOptions } from './host-api.ts';

export interface ServeDashboardOptions
  extends HostApiOptions,
    Pick<KeepListeningOptions, 'clock' | 'log' | 'stop'> {
  readonly address: ListenAddress;
}

const BEAT_EVERY_MS = 15_000;

/** Serves the dashboard of this host until `stop` is aborted. */
export async function serveDashboard(options: ServeDashboardOptions): Promise<void> {
  const { address, host, clock, log, stop } = options;
  const files = usualWebFiles();
  if (files.size === 0) log('there are no files of the dashboard: `npm run web` makes them in a checkout');
  const streams = new EventStreams(host);
  const api = createHostApi(options);
  const beating = beat();
  await keepListening({
    what: 'dashboard',
    listen: (onTrouble) => listenForDashboard(address, { api, streams, files }, onTrouble),
    clock,
    log,
    stop,
  });
  await beating;

  async function beat(): Promise<void> {
    while (!stop.aborted) {
      await clock.sleep(BEAT_EVERY_MS, stop);
      host.tick();
      streams.beat();
    }
    streams.end();
  }
}
