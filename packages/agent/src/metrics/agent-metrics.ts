import {
  family,
  formatMetrics,
  LabelledCounter,
  LabelledHistogram,
  type MetricFamily,
} from '@virtfn/contract/metrics';
import type { PfCounters } from '@virtfn/host';
import type { ObservedHost } from '@virtfn/model';
import type { Look, Reconciled } from '../agent.ts';
import type { DomainStepRecord } from '../domains/index.ts';
import type { MemberWanted } from '../ports/index.ts';
import type { StepRecord } from '../reconcile/index.ts';
import { AGENT_METRICS as METRICS } from './catalog.ts';
import { hostFamilies, lookFamilies, type SeenHost } from './host-families.ts';
import { STEP_SERIES, stepSeries } from './step-series.ts';

export interface AgentMetricsOptions {
  readonly version: string;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
}

/** What is read for one scrape. */
export interface Scrape {
  readonly counters: readonly PfCounters[];
  /** Whether there are PFs of which the kernel did not tell them. */
  readonly hasFailed: boolean;
  /** null: the host is in no fleet. */
  readonly isLinkUp: boolean | null;
}

/** From less than a look at a small machine takes to where a look is given up. */
const LOOK_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const PLAN_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5];

/** What one agent tells who scrapes it: what it saw last, and what it has done since it began. */
export class AgentMetrics {
  readonly #options: AgentMetricsOptions;
  readonly #steps = new LabelledCounter(METRICS.steps, STEP_SERIES);
  readonly #counterFailures = new LabelledCounter(METRICS.counterFailures, [{}]);
  readonly #lookDuration = new LabelledHistogram(METRICS.lookDuration, LOOK_SECONDS, [
    { result: 'done' },
    { result: 'failed' },
  ]);
  readonly #planDuration = new LabelledHistogram(METRICS.planDuration, PLAN_SECONDS, [{}]);
  #seen: { readonly host: SeenHost; readonly at: number } | null = null;
  #reconciled: Reconciled<MemberWanted> | null = null;
  #look: Look | null = null;

  constructor(options: AgentMetricsOptions) {
    this.#options = options;
  }

  /** PFs as they were seen last: those whose counters are to be read. */
  get pfs(): ObservedHost['pfs'] {
    return this.#seen?.host.observed.pfs ?? [];
  }

  /** Reads the host by `observe`, and notes how long it took. @throws what `observe` throws */
  async timeLook<Result>(observe: () => Promise<Result>): Promise<Result> {
    const began = this.#options.now();
    let result = 'failed';
    try {
      const seen = await observe();
      result = 'done';
      return seen;
    } finally {
      this.#lookDuration.observe({ result }, this.#secondsSince(began));
    }
  }

  /** Plans by `plan`, and notes how long it took. */
  timePlan<Result>(plan: () => Result): Result {
    const began = this.#options.now();
    const planned = plan();
    this.#planDuration.observe({}, this.#secondsSince(began));
    return planned;
  }

  noteStep({ step, error }: StepRecord): void {
    this.#steps.add(stepSeries(step.kind, error));
  }

  noteDomainStep({ step, isPending, error }: DomainStepRecord): void {
    this.#steps.add(stepSeries(step.kind, error, isPending));
  }

  noteReconciled(reconciled: Reconciled<MemberWanted>): void {
    this.#reconciled = reconciled;
  }

  noteSeen(host: SeenHost): void {
    this.#seen = { host, at: this.#options.now() };
  }

  noteLook(look: Look): void {
    this.#look = look;
  }

  /** All metrics, in the form that Prometheus reads. */
  format(scrape: Scrape): string {
    if (scrape.hasFailed) this.#counterFailures.add({});
    return formatMetrics(this.#families(scrape));
  }

  #families({ counters, isLinkUp }: Scrape): readonly MetricFamily[] {
    const seen = this.#seen;
    return [
      family(METRICS.buildInfo, [[{ version: this.#options.version }, 1]]),
      family(METRICS.lookAge, seen === null ? [] : [[{}, this.#secondsSince(seen.at)]]),
      this.#lookDuration.family(),
      this.#planDuration.family(),
      this.#steps.family(),
      family(METRICS.linkUp, isLinkUp === null ? [] : [[{}, Number(isLinkUp)]]),
      this.#counterFailures.family(),
      ...lookFamilies(this.#look),
      // Before the first look there is nothing to tell of a host.
      ...(seen === null ? [] : hostFamilies({ ...seen.host, reconciled: this.#reconciled, counters })),
    ];
  }

  #secondsSince(then: number): number {
    return (this.#options.now() - then) / 1000;
  }
}
