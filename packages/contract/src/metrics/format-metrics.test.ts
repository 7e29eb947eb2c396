import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { family, formatMetrics, LabelledCounter, LabelledHistogram, metric } from './index.ts';

const PACKETS = metric('counter', 'packets_total', ['pf', 'port'], 'Packets.');
const SECONDS = metric('histogram', 'look_seconds', ['how'], 'Time of looks.');

/** Reads one series back by the rules of the text form: name, labels, value. */
function parseSeries(line: string): readonly [string, Record<string, string>, string] {
  const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/s.exec(line);
  assert.ok(match !== null, line);
  const labels: Record<string, string> = {};
  for (const [, label = '', text = ''] of (match[2] ?? '').matchAll(/([a-z]+)="((?:[^"\\]|\\.)*)"/g))
    labels[label] = text.replaceAll(/\\(.)/g, (_, after: string) => (after === 'n' ? '\n' : after));
  return [match[1] ?? '', labels, match[3] ?? ''];
}

suite('formatMetrics()', () => {
  test('writes what a metric is, then its series with labels in the order of the metric', () => {
    const text = formatMetrics([
      family(PACKETS, [
        [{ port: 'p1', pf: '0000:82:00.0' }, 18_446_744_073_709_551_615n],
        [{ pf: 'a', port: '' }, 0],
      ]),
      family(metric('gauge', 'age_seconds', [], 'One\nline \\.'), [[{}, Number.POSITIVE_INFINITY]]),
    ]);
    assert.equal(
      text,
      [
        '# HELP packets_total Packets.',
        '# TYPE packets_total counter',
        'packets_total{pf="0000:82:00.0",port="p1"} 18446744073709551615',
        'packets_total{pf="a",port=""} 0',
        '# HELP age_seconds One\\nline \\\\.',
        '# TYPE age_seconds gauge',
        'age_seconds +Inf',
        '',
      ].join('\n'),
    );
  });

  test('names a metric of which there is no series', () => {
    assert.equal(
      formatMetrics([family(PACKETS, [])]),
      '# HELP packets_total Packets.\n# TYPE packets_total counter\n',
    );
  });

  test('writes any label on one line, so that it is read back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.maxSafeInteger(), (pf, port, value) => {
        const text = formatMetrics([family(PACKETS, [[{ pf, port }, value]])]);
        const [, , line = '', ...rest] = text.split('\n');
        assert.deepEqual(rest, ['']);
        assert.deepEqual(parseSeries(line), ['packets_total', { pf, port }, String(value)]);
      }),
    );
  });
});

suite('LabelledCounter', () => {
  test('counts apart by labels, and shows from the beginning what is there from the beginning', () => {
    const counter = new LabelledCounter(PACKETS, [{ pf: 'a', port: 'x' }]);
    counter.add({ pf: 'a', port: 'y' });
    counter.add({ port: 'y', pf: 'a' }, 4);
    const [, , ...lines] = formatMetrics([counter.family()]).trimEnd().split('\n');
    assert.deepEqual(lines, ['packets_total{pf="a",port="x"} 0', 'packets_total{pf="a",port="y"} 5']);
  });
});

suite('LabelledHistogram', () => {
  test('counts in each bucket all values up to its bound', () => {
    const histogram = new LabelledHistogram(SECONDS, [0.1, 1], [{ how: 'full' }]);
    const linesOf = (): readonly string[] =>
      formatMetrics([histogram.family()]).trimEnd().split('\n').slice(2);
    assert.deepEqual(linesOf(), [
      'look_seconds_bucket{how="full",le="0.1"} 0',
      'look_seconds_bucket{how="full",le="1"} 0',
      'look_seconds_bucket{how="full",le="+Inf"} 0',
      'look_seconds_sum{how="full"} 0',
      'look_seconds_count{how="full"} 0',
    ]);
    for (const value of [0.1, 0.25, 1, 8]) histogram.observe({ how: 'full' }, value);
    assert.deepEqual(linesOf(), [
      'look_seconds_bucket{how="full",le="0.1"} 1',
      'look_seconds_bucket{how="full",le="1"} 3',
      'look_seconds_bucket{how="full",le="+Inf"} 4',
      'look_seconds_sum{how="full"} 9.35',
      'look_seconds_count{how="full"} 4',
    ]);
  });
});
