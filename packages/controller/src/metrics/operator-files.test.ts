import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { AGENT_METRICS } from '@virtfn/agent';
import type { Metric } from '@virtfn/contract/metrics';
import { DRIVER_TABLE } from '@virtfn/model';
import { runPromtool, skipWithoutPromtool } from '../testing/index.ts';
import { CONTROLLER_METRICS } from './index.ts';

// What operators load into Prometheus and Grafana, held against what agents and controllers expose: that these expose what
// their catalogues say is tested beside each.

const FOLDER = new URL('../../../../docs/operators/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const pathOf = (name: string): string => new URL(name, FOLDER).pathname;

const METRICS: ReadonlyMap<string, Metric> = new Map(
  [...Object.values(AGENT_METRICS), ...Object.values(CONTROLLER_METRICS)].map((metric) => [
    metric.name,
    metric,
  ]),
);
/** What Prometheus adds by itself. */
const ADDED = ['instance', 'job', 'le'];

interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly name: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const dashboard = JSON.parse(read('prometheus/virtfn.dashboard.json')) as Dashboard;

/** The queries of the dashboard, as Grafana would send them. */
const dashboardQueries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({
    name: `dashboard, ${title}`,
    text: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.+'),
  })),
);
const pageQueries = [...read('metrics.md').matchAll(/^```promql\n([^]*?)^```/gm)].map(
  ([, text = ''], at) => ({
    name: `metrics.md, question ${at + 1}`,
    text,
  }),
);
const ruleQueries = [
  ...read('prometheus/virtfn.rules.yaml').matchAll(/^ +expr: (?:\|\n)?([^]*?)^ +(?:for|labels):/gm),
].map(([, text = ''], at) => ({ name: `rule ${at + 1}`, text }));

describe('what operators load into Prometheus and Grafana', () => {
  const queries = [...dashboardQueries, ...pageQueries, ...ruleQueries];

  it('asks only for metrics and labels that there are', () => {
    assert.ok(dashboardQueries.length > 20 && pageQueries.length > 4 && ruleQueries.length > 10);
    for (const { name, text } of queries) {
      const asked = [...text.matchAll(/(virtfn_[a-z_]+)(?:\{([^}]*)\})?/g)];
      assert.notEqual(asked.length, 0, name);
      for (const [, series = '', matchers = ''] of asked) {
        const metric = METRICS.get(series) ?? METRICS.get(series.replace(/_(?:bucket|sum|count)$/, ''));
        assert.ok(metric !== undefined, `${name} asks for ${series}`);
        for (const [, label = ''] of matchers.matchAll(/([a-z_]+) *[=!]/g))
          assert.ok([...metric.labels, ...ADDED].includes(label), `${name} asks for ${label} of ${series}`);
      }
      const known = new Set([...ADDED, ...[...METRICS.values()].flatMap(({ labels }) => labels)]);
      for (const [, labels = ''] of text.matchAll(/(?:\bon|\bby|group_left) *\(([^)]*)\)/g))
        for (const label of labels.split(',').map((each) => each.trim()))
          assert.ok(known.has(label), `${name} groups by ${label}`);
    }
  });

  it('is PromQL, each query of it', { skip: skipWithoutPromtool() }, (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-promql-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const rules = queries.map(({ text }, at) => ({ record: `query_${at}`, expr: text }));
    const file = path.join(folder, 'queries.yaml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules }] }));
    assert.equal(runPromtool(['check', 'rules', file]), '');
  });

  it('has alerts that load, and say what their tests want', { skip: skipWithoutPromtool() }, () => {
    assert.equal(runPromtool(['check', 'rules', pathOf('prometheus/virtfn.rules.yaml')]), '');
    assert.equal(runPromtool(['test', 'rules', pathOf('prometheus/virtfn.rules.test.yaml')]), '');
  });

  it('tests alerts that there are', () => {
    const namesIn = (text: string): ReadonlySet<string> =>
      new Set([...text.matchAll(/alert(?:name)?: (Virtfn\w+)/g)].map(([, name = '']) => name));
    const alerts = namesIn(read('prometheus/virtfn.rules.yaml'));
    const tested = namesIn(read('prometheus/virtfn.rules.test.yaml'));
    assert.ok(tested.size >= 3);
    assert.deepEqual(
      [...tested].filter((name) => !alerts.has(name)),
      [],
    );
  });

  it('has a dashboard whose panels have places of their own and use variables that there are', () => {
    const { panels, templating } = dashboard;
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    for (const [at, a] of panels.entries()) {
      assert.ok(a.gridPos.x + a.gridPos.w <= 24, a.title);
      for (const b of panels.slice(at + 1))
        assert.ok(!overlap(a.gridPos, b.gridPos), `${a.title} is over ${b.title}`);
    }
    const variables = new Set(templating.list.map(({ name }) => name));
    const used = JSON.stringify(panels).matchAll(/\$\{?([a-z]\w*)/g);
    for (const [, name = ''] of used) assert.ok(variables.has(name), `$${name}`);
  });
});

function overlap(a: Dashboard['panels'][number]['gridPos'], b: typeof a): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe('docs/operators/metrics.md', () => {
  it('has a row for every metric, and no other', () => {
    const rows = read('metrics.md')
      .split('\n')
      .filter((line) => line.startsWith('| `virtfn_'));
    const want = [...METRICS.values()].map(
      ({ name, kind, labels, help }) =>
        `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
    );
    assert.deepEqual(rows, want);
  });

  it('names the drivers that count per VF', () => {
    const named = /^Drivers that do: (.*?)\. /m.exec(read('metrics.md'))?.[1];
    const counting = DRIVER_TABLE.filter(({ vfStats }) => vfStats === 'yes').map(
      ({ driver }) => `\`${driver}\``,
    );
    assert.equal(named, counting.join(', '));
  });
});
