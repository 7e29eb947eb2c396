import type { Metric, MetricFamily, Sample } from './metric.ts';

/** Of the text form, version 0.0.4. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes metrics as Prometheus reads them. https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function formatMetrics(families: Iterable<MetricFamily>): string {
  const lines: string[] = [];
  for (const { metric, samples } of families) {
    lines.push(formatHeader(metric));
    for (const sample of samples) lines.push(formatSample(metric, sample));
  }
  return lines.join('');
}

/** The lines that stand before the series of a metric. */
export function formatHeader({ name, kind, help }: Metric): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${kind}\n`;
}

/** One series, as a line. */
export function formatSample({ name }: Metric, { suffix, labels, value }: Sample): string {
  const pairs = labels.map(([label, text]) => `${label}="${escapeLabel(text)}"`).join(',');
  return `${name}${suffix}${pairs === '' ? '' : `{${pairs}}`} ${formatValue(value)}\n`;
}

function escapeLabel(text: string): string {
  return /["\\\n]/.test(text)
    ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : text;
}

function formatValue(value: number | bigint): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
