import type { Labels, Metric, MetricFamily, Sample } from './metric.ts';

/** One series of a metric with the value that it has now. */
export type Series<Label extends string> = readonly [Labels<Label>, number | bigint];

/** A gauge, or a counter that is kept elsewhere, with what was read of it. */
export function family<Label extends string>(
  metric: Metric<Label>,
  series: Iterable<Series<Label>>,
): MetricFamily {
  return { metric, samples: samplesOf(metric, series) };
}

function* samplesOf<Label extends string>(
  metric: Metric<Label>,
  series: Iterable<Series<Label>>,
): Iterable<Sample> {
  for (const [labels, value] of series) yield { suffix: '', labels: labelPairs(metric, labels), value };
}

/** The labels in the order in which the metric has them. */
export function labelPairs<Label extends string>(
  metric: Metric<Label>,
  labels: Labels<Label>,
): readonly (readonly [string, string])[] {
  return metric.labels.map((label) => [label, labels[label]]);
}
