import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type RateDemand, type RateShare, shareBandwidth } from './index.ts';

const STEP = 2 ** -20;

const rate = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 40, noNaN: true }) },
);
const demandWithout = fc
  .record({
    demandMbps: fc.oneof(
      { weight: 5, arbitrary: rate },
      { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    ),
    minTxRateMbps: fc.option(rate, { nil: null }),
    maxTxRateMbps: fc.option(rate, { nil: null }),
  })
  .filter(({ minTxRateMbps, maxTxRateMbps }) => (minTxRateMbps ?? 0) <= (maxTxRateMbps ?? 40));
const demands: fc.Arbitrary<readonly RateDemand[]> = fc
  .array(demandWithout, { maxLength: 8 })
  .map((all) => all.map((each, vfIndex) => ({ vfIndex, ...each })));
const link = fc.oneof(rate, fc.integer({ min: 0, max: 200 }));

const sumOf = (rates: readonly number[]): number => rates.reduce((sum, each) => sum + each, 0);
const guaranteeOf = (each: RateDemand): number => Math.min(each.demandMbps, each.minTxRateMbps ?? 0);
const wantOf = (each: RateDemand): number =>
  Math.min(each.demandMbps, each.maxTxRateMbps ?? Number.POSITIVE_INFINITY);
const shareOf = (shares: readonly RateShare[], vfIndex: number): number => {
  const share = shares.find((each) => each.vfIndex === vfIndex);
  assert.ok(share, `VF ${vfIndex} has no share`);
  return share.shareMbps;
};

function holds(
  predicate: (linkMbps: number, all: readonly RateDemand[], shares: readonly RateShare[]) => void,
): void {
  fc.assert(
    fc.property(link, demands, (linkMbps, all) => predicate(linkMbps, all, shareBandwidth(linkMbps, all))),
    { numRuns: 2000 },
  );
}

test('shareBandwidth() never exceeds the link, a demand or a maximum', () => {
  holds((linkMbps, all, shares) => {
    assert.ok(sumOf(shares.map(({ shareMbps }) => shareMbps)) <= linkMbps);
    for (const each of all) {
      const share = shareOf(shares, each.vfIndex);
      assert.ok(share >= 0 && share <= wantOf(each), `VF ${each.vfIndex}: ${share}`);
    }
  });
});

test('shareBandwidth() never breaks minima that fit', () => {
  holds((linkMbps, all, shares) => {
    if (sumOf(all.map(guaranteeOf)) > linkMbps) return;
    for (const each of all) {
      assert.ok(shareOf(shares, each.vfIndex) > guaranteeOf(each) - STEP, `VF ${each.vfIndex}`);
    }
  });
});

test('shareBandwidth() shrinks minima that do not fit in proportion', () => {
  holds((linkMbps, all, shares) => {
    const guaranteed = sumOf(all.map(guaranteeOf));
    if (guaranteed <= linkMbps) return;
    for (const each of all) {
      const want = guaranteeOf(each) * (linkMbps / guaranteed);
      assert.ok(Math.abs(shareOf(shares, each.vfIndex) - want) <= 16 * STEP, `VF ${each.vfIndex}`);
    }
  });
});

test('shareBandwidth() leaves nothing idle that someone wants', () => {
  holds((linkMbps, all, shares) => {
    const idle = linkMbps - sumOf(shares.map(({ shareMbps }) => shareMbps));
    if (idle <= (all.length + 1) * STEP) return;
    for (const each of all) {
      assert.ok(
        shareOf(shares, each.vfIndex) > wantOf(each) - STEP,
        `VF ${each.vfIndex} wants more, ${idle} is idle`,
      );
    }
  });
});

test('shareBandwidth() is max-min fair: more for one would take from a share that is not larger, or from a minimum', () => {
  holds((linkMbps, all, shares) => {
    if (sumOf(all.map(guaranteeOf)) > linkMbps) return;
    for (const poor of all) {
      const share = shareOf(shares, poor.vfIndex);
      if (share >= wantOf(poor) - STEP) continue;
      for (const rich of all) {
        const other = shareOf(shares, rich.vfIndex);
        assert.ok(
          other <= share + STEP || other <= guaranteeOf(rich),
          `VF ${rich.vfIndex} has ${other} beyond its minimum, VF ${poor.vfIndex} wants more than ${share}`,
        );
      }
    }
  });
});

test('shareBandwidth() does not look at the order', () => {
  const shuffled = demands.chain((all) =>
    fc
      .shuffledSubarray([...all], { minLength: all.length, maxLength: all.length })
      .map((other) => ({ all, other })),
  );
  fc.assert(
    fc.property(link, shuffled, (linkMbps, { all, other }) => {
      const shares = shareBandwidth(linkMbps, other);
      assert.deepEqual(
        shares.map(({ vfIndex }) => vfIndex),
        other.map(({ vfIndex }) => vfIndex),
      );
      for (const { vfIndex, shareMbps } of shareBandwidth(linkMbps, all)) {
        assert.equal(shareOf(shares, vfIndex), shareMbps);
      }
    }),
    { numRuns: 1000 },
  );
});

/** Fills shares in small steps, each step to the smallest share that is not yet satisfied. Slow and obvious. */
function fillByDrops(linkMbps: number, all: readonly RateDemand[], drop: number): readonly number[] {
  const shares = all.map(guaranteeOf);
  for (let left = linkMbps - sumOf(shares); left >= drop; left -= drop) {
    let poorest = -1;
    for (const [index, each] of all.entries()) {
      const isHungry = (shares[index] ?? 0) + drop <= wantOf(each);
      if (isHungry && (poorest < 0 || (shares[index] ?? 0) < (shares[poorest] ?? 0))) poorest = index;
    }
    if (poorest < 0) break;
    shares[poorest] = (shares[poorest] ?? 0) + drop;
  }
  return shares;
}

test('shareBandwidth() agrees with filling drop by drop', () => {
  const drop = 1 / 64;
  const whole = fc.integer({ min: 0, max: 12 });
  const small = fc
    .array(
      fc
        .record({
          demandMbps: whole,
          minTxRateMbps: fc.option(whole, { nil: null }),
          maxTxRateMbps: fc.option(whole, { nil: null }),
        })
        .filter(({ minTxRateMbps, maxTxRateMbps }) => (minTxRateMbps ?? 0) <= (maxTxRateMbps ?? 12)),
      { minLength: 1, maxLength: 5 },
    )
    .map((all) => all.map((each, vfIndex) => ({ vfIndex, ...each })));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), small, (linkMbps, all) => {
      fc.pre(sumOf(all.map(guaranteeOf)) <= linkMbps);
      const want = fillByDrops(linkMbps, all, drop);
      const shares = shareBandwidth(linkMbps, all);
      for (const [index, { shareMbps }] of shares.entries()) {
        assert.ok(
          Math.abs(shareMbps - (want[index] ?? Number.NaN)) <= drop + STEP,
          `VF ${index}: ${shareMbps}, ${want[index]}`,
        );
      }
    }),
    { numRuns: 500 },
  );
});
