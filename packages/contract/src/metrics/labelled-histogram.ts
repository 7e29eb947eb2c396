import type { Labels, Metric, MetricFamily, Sample } from './metric.ts';
import { labelPairs } from './series.ts';

interface Distribution<Label extends string> {
  readonly labels: Labels<Label>;
  /** Of values up to each bound, and above the bound before; the last is of those above all bounds. */
  readonly counts: number[];
  sum: number;
}

/** How values are distributed since the process began, apart by labels. */
export class LabelledHistogram<Label extends string> {
  readonly #metric: Metric<Label>;
  readonly #bounds: readonly number[];
  readonly #distributions = new Map<string, Distribution<Label>>();

  /**
   * @param bounds upper ends of the buckets, rising, in the unit of the metric
   * @param from series that are there from the beginning, without a value
   */
  constructor(metric: Metric<Label>, bounds: readonly number[], from: Iterable<Labels<Label>> = []) {
    this.#metric = metric;
    this.#bounds = bounds;
    for (const labels of from) this.#distributionOf(labels);
  }

  observe(labels: Labels<Label>, value: number): void {
    const distribution = this.#distributionOf(labels);
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const at = found === -1 ? this.#bounds.length : found;
    distribution.counts[at] = (distribution.counts[at] ?? 0) + 1;
    distribution.sum += value;
  }

  family(): MetricFamily {
    return { metric: this.#metric, samples: this.#samples() };
  }

  #distributionOf(labels: Labels<Label>): Distribution<Label> {
    const key = JSON.stringify(this.#metric.labels.map((label) => labels[label]));
    let distribution = this.#distributions.get(key);
    if (distribution === undefined) {
      distribution = { labels, counts: Array.from({ length: this.#bounds.length + 1 }, () => 0), sum: 0 };
      this.#distributions.set(key, distribution);
    }
    return distribution;
  }

  *#samples(): Iterable<Sample> {
    for (const { labels, counts, sum } of this.#distributions.values()) {
      const pairs = labelPairs(this.#metric, labels);
      let upTo = 0;
      for (const [at, count] of counts.entries()) {
        upTo += count;
        const bound = this.#bounds[at];
        const le = bound === undefined ? '+Inf' : String(bound);
        yield { suffix: '_bucket', labels: [...pairs, ['le', le]], value: upTo };
      }
      yield { suffix: '_sum', labels: pairs, value: sum };
      yield { suffix: '_count', labels: pairs, value: upTo };
    }
  }
}
