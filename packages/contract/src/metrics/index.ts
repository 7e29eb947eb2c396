// Measurements in the text form that Prometheus reads: what a metric is, counters and histograms, and how all of it is written.
// Must never keep a registry of its own, read a clock, or measure anything: what is shown is handed in at each scrape.
export { formatHeader, formatMetrics, formatSample, METRICS_CONTENT_TYPE } from './format-metrics.ts';
export { LabelledCounter } from './labelled-counter.ts';
export { LabelledHistogram } from './labelled-histogram.ts';
export { type Labels, type Metric, metric, type MetricFamily, type Sample } from './metric.ts';
export { family, type Series } from './series.ts';
