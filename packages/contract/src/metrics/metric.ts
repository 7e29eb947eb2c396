/** What a metric is called and means. Names follow Prometheus: base units, `_total` on counters, `_info` on what only has labels. */
export interface Metric<Label extends string = string> {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly Label[];
  /** One sentence, for people. */
  readonly help: string;
}

/** All labels of a series; a label without a value is the empty text, which is to Prometheus as if it were not there. */
export type Labels<Label extends string = string> = Readonly<Record<Label, string>>;

/** The value of one series. Counters of the kernel are 64 bits long. */
export interface Sample {
  /** Behind the name of the metric: `_bucket`, `_sum`, `_count`; empty for all but histograms. */
  readonly suffix: string;
  /** By label, in the order in which they are written. */
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number | bigint;
}

/** A metric with the series that there are of it now; with none it is still named. */
export interface MetricFamily {
  readonly metric: Metric;
  readonly samples: Iterable<Sample>;
}

/** Names a metric. */
export function metric<const Label extends string = never>(
  kind: Metric['kind'],
  name: string,
  labels: readonly Label[],
  help: string,
): Metric<Label> {
  return { kind, name, labels, help };
}
