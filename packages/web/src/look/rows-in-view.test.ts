import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rowsInView } from './rows-in-view.ts';

const view = fc.record({ scrollTop: fc.integer({ min: -50, max: 400_000 }), height: fc.nat(2000) });

describe('rowsInView()', () => {
  it('has every row that can be seen, few others, and none that is not there', () => {
    fc.assert(
      fc.property(view, fc.nat(10_000), (where, count) => {
        const { first, end } = rowsInView(where, 32, count);
        assert.ok(first >= 0 && first <= end && end <= count);
        assert.ok(end - first <= Math.ceil(where.height / 32) + 26, `${end - first} rows`);
        const { scrollTop, height } = where;
        for (let row = 0; row < count; row += 1) {
          const isSeen = row * 32 < scrollTop + height && (row + 1) * 32 > scrollTop;
          if (isSeen) assert.ok(row >= first && row < end, `row ${row}`);
        }
      }),
    );
  });

  it('shows the end of a list that has become shorter than where somebody looks', () => {
    const { first, end } = rowsInView({ scrollTop: 100_000, height: 600 }, 32, 10);
    assert.ok(end === 10 && first < end);
  });
});
