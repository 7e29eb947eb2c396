import { family, formatMetrics, LabelledCounter, LabelledHistogram } from '@virtfn/contract/metrics';
import type { Store } from '../store/index.ts';
import { CONTROLLER_METRICS as METRICS } from './catalog.ts';
import { portInfo } from './port-info.ts';
import { PortTally } from './port-tally.ts';

/** A request that was answered. */
export interface ServedRequest {
  readonly method: string;
  /** The pattern that its path fits, as `/v2.0/ports/:id`; null: none, or its path would be a label. */
  readonly route: string | null;
  readonly status: number;
  /** null: it was a stream, which lasts as long as somebody listens. */
  readonly seconds: number | null;
}

export interface ControllerMetricsOptions {
  readonly version: string;
  readonly store: Store;
  readonly fleet: { countHosts(): { readonly alive: number; readonly gone: number } };
  readonly connectedAgents: () => number;
  readonly eventSubscribers: () => number;
}

const REQUEST_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const WRITE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** What one controller tells who scrapes it: how much there is, and what it has done since it began. */
export class ControllerMetrics {
  readonly #options: ControllerMetricsOptions;
  readonly #ports: PortTally;
  readonly #requests = new LabelledCounter(METRICS.requests);
  readonly #requestDuration = new LabelledHistogram(METRICS.requestDuration, REQUEST_SECONDS);
  readonly #writeDuration = new LabelledHistogram(METRICS.writeDuration, WRITE_SECONDS, [
    { result: 'done' },
    { result: 'failed' },
  ]);

  /** Times all writes of the store from now on. */
  constructor(options: ControllerMetricsOptions) {
    this.#options = options;
    this.#ports = new PortTally(options.store);
    options.store.timeWrites((seconds, isDone) =>
      this.#writeDuration.observe({ result: isDone ? 'done' : 'failed' }, seconds),
    );
  }

  noteRequest({ method, route, status, seconds }: ServedRequest): void {
    const labels = { method, route: route ?? 'none' };
    this.#requests.add({ ...labels, status: `${Math.floor(status / 100)}xx` });
    if (seconds !== null) this.#requestDuration.observe(labels, seconds);
  }

  /** Whose each port is, in parts. Names projects: for administrators. @throws {SriovError} STORE_FAILED */
  portInfo(): AsyncIterable<string> {
    return portInfo(this.#options.store);
  }

  /** All metrics but those of single ports, in the form that Prometheus reads. Names nobody and nothing of anybody. */
  async format(): Promise<string> {
    const { version, fleet, connectedAgents, eventSubscribers } = this.#options;
    // While the database is away there is more need of the rest than ever.
    const ports = await this.#ports.count().catch(() => new Map<string, number>());
    const { alive, gone } = fleet.countHosts();
    return formatMetrics([
      family(METRICS.buildInfo, [[{ version }, 1]]),
      this.#requests.family(),
      this.#requestDuration.family(),
      this.#writeDuration.family(),
      family(METRICS.agents, [[{}, connectedAgents()]]),
      family(METRICS.subscribers, [[{}, eventSubscribers()]]),
      family(METRICS.hosts, [
        [{ state: 'alive' }, alive],
        [{ state: 'gone' }, gone],
      ]),
      family(
        METRICS.ports,
        [...ports].map(([status, count]) => [{ status }, count]),
      ),
    ]);
  }
}
