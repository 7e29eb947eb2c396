import type { Labels, Metric, MetricFamily } from './metric.ts';
import { family } from './series.ts';

/** Counts how often something happened since the process began, apart by labels. */
export class LabelledCounter<Label extends string> {
  readonly #metric: Metric<Label>;
  readonly #counts = new Map<string, { readonly labels: Labels<Label>; count: number }>();

  /** @param from series that are there from the beginning, at 0: the first event of a series that was not is no increase */
  constructor(metric: Metric<Label>, from: Iterable<Labels<Label>> = []) {
    this.#metric = metric;
    for (const labels of from) this.add(labels, 0);
  }

  /** @param by not negative */
  add(labels: Labels<Label>, by = 1): void {
    const key = JSON.stringify(this.#metric.labels.map((label) => labels[label]));
    const found = this.#counts.get(key);
    if (found === undefined) this.#counts.set(key, { labels, count: by });
    else found.count += by;
  }

  family(): MetricFamily {
    return family(
      this.#metric,
      [...this.#counts.values()].map(({ labels, count }) => [labels, count] as const),
    );
  }
}
