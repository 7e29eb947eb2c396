import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFigure, formatTable } from './table.ts';

test('formatTable() aligns columns and marks missed aims', () => {
  const table = formatTable([
    {
      benchmark: 'plan',
      rows: [
        { name: 'from nothing', figure: 2.34567, unit: 'ms', aim: { text: '< 5 ms', holds: true } },
        { name: 'no change', figure: 12, unit: 'ms', aim: { text: '< 1 ms', holds: false }, note: 'cold' },
      ],
    },
    { benchmark: 'fleet', rows: [{ name: 'hosts', figure: 10_000, unit: '' }] },
  ]);
  assert.equal(
    table,
    [
      'benchmark  measured      figure  unit  aim             note',
      '---------  ------------  ------  ----  ------  ------  ----',
      'plan       from nothing    2.35  ms    < 5 ms  met',
      'plan       no change         12  ms    < 1 ms  MISSED  cold',
      'fleet      hosts         10 000',
      '',
      '1 of 2 aims are MISSED.',
    ].join('\n'),
  );
});

const figures = [
  { given: 0, want: '0' },
  { given: 0.0012345, want: '0.00123' },
  { given: 12.345, want: '12.3' },
  { given: 1_234_567, want: '1 230 000' },
  { given: Number.NaN, want: 'NaN' },
];
for (const { given, want } of figures) {
  test(`formatFigure() writes ${given} as ${want}`, () => assert.equal(formatFigure(given), want));
}
