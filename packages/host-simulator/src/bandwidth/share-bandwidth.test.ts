import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { type RateDemand, shareBandwidth } from './index.ts';

type Wish = readonly [demand: number, min?: number | null, max?: number | null];

function demandsOf(wishes: readonly Wish[]): readonly RateDemand[] {
  return wishes.map(([demandMbps, min = null, max = null], vfIndex) => ({
    vfIndex,
    demandMbps,
    minTxRateMbps: min,
    maxTxRateMbps: max,
  }));
}

const greedy = Number.POSITIVE_INFINITY;

const shared: readonly {
  readonly name: string;
  readonly given: { readonly link: number; readonly wishes: readonly Wish[] };
  readonly want: readonly number[];
}[] = [
  { name: 'no VFs', given: { link: 1000, wishes: [] }, want: [] },
  { name: 'one greedy VF gets the link', given: { link: 1000, wishes: [[greedy]] }, want: [1000] },
  { name: 'a dead link gives nothing', given: { link: 0, wishes: [[greedy], [10, 5]] }, want: [0, 0] },
  {
    name: 'demands that fit are met',
    given: { link: 1000, wishes: [[300], [0], [700]] },
    want: [300, 0, 700],
  },
  {
    name: 'greedy VFs share equally',
    given: { link: 1000, wishes: [[greedy], [greedy], [5000], [greedy]] },
    want: [250, 250, 250, 250],
  },
  {
    name: 'what a small demand leaves goes to the others',
    given: { link: 1000, wishes: [[100], [greedy], [greedy]] },
    want: [100, 450, 450],
  },
  {
    name: 'a maximum holds although the link is idle',
    given: { link: 1000, wishes: [[greedy, null, 200]] },
    want: [200],
  },
  {
    name: 'what a maximum leaves goes to the others',
    given: { link: 1000, wishes: [[greedy, null, 200], [greedy]] },
    want: [200, 800],
  },
  {
    name: 'a maximum of 0 closes',
    given: { link: 1000, wishes: [[greedy, null, 0], [greedy]] },
    want: [0, 1000],
  },
  {
    name: 'a minimum below the fair share changes nothing',
    given: { link: 1000, wishes: [[greedy, 100], [greedy]] },
    want: [500, 500],
  },
  {
    name: 'a minimum above the fair share is kept',
    given: { link: 1000, wishes: [[greedy, 700], [greedy], [greedy]] },
    want: [700, 150, 150],
  },
  {
    name: 'a minimum that is not wanted is lent out',
    given: { link: 1000, wishes: [[50, 700], [greedy]] },
    want: [50, 950],
  },
  {
    name: 'the same minimum and maximum fix the share',
    given: { link: 1000, wishes: [[greedy, 300, 300], [greedy]] },
    want: [300, 700],
  },
  {
    name: 'minima that fill the link leave nothing for others',
    given: { link: 1000, wishes: [[greedy, 600], [greedy, 400], [greedy]] },
    want: [600, 400, 0],
  },
  {
    name: 'minima that do not fit shrink in proportion',
    given: { link: 1000, wishes: [[greedy, 1500], [greedy, 500], [greedy]] },
    want: [750, 250, 0],
  },
  {
    name: 'only the wanted part of minima has to fit',
    given: {
      link: 1000,
      wishes: [
        [100, 900],
        [greedy, 900],
      ],
    },
    want: [100, 900],
  },
];

for (const { name, given, want } of shared) {
  test(`shareBandwidth() on ${given.link} Mbit/s: ${name}`, () => {
    const shares = shareBandwidth(given.link, demandsOf(given.wishes));
    assert.deepEqual(
      shares,
      want.map((shareMbps, vfIndex) => ({ vfIndex, shareMbps })),
    );
  });
}

test('shareBandwidth() rounds down to the bit where a link does not divide', () => {
  const shares = shareBandwidth(1000, demandsOf([[greedy], [greedy], [greedy]]));
  const sum = shares.reduce((total, { shareMbps }) => total + shareMbps, 0);
  assert.ok(sum <= 1000 && sum > 1000 - 3 * 2 ** -20, `${sum}`);
});

const refused: readonly {
  readonly name: string;
  readonly given: { readonly link: number; readonly wish: Wish };
  readonly want: string;
}[] = [
  {
    name: 'a negative link',
    given: { link: -1, wish: [1] },
    want: 'Cannot share a link between VFs: its speed is -1 Mbit/s, not a number from 0 to 4294967295',
  },
  {
    name: 'an endless link',
    given: { link: greedy, wish: [1] },
    want: 'Cannot share a link between VFs: its speed is Infinity Mbit/s, not a number from 0 to 4294967295',
  },
  {
    name: 'a demand that is no number',
    given: { link: 1000, wish: [Number.NaN] },
    want: 'Cannot share 1000 Mbit/s between VFs: VF 0 has a demand of NaN Mbit/s, not a number from 0 up',
  },
  {
    name: 'a negative demand',
    given: { link: 1000, wish: [-5] },
    want: 'Cannot share 1000 Mbit/s between VFs: VF 0 has a demand of -5 Mbit/s, not a number from 0 up',
  },
  {
    name: 'a negative minimum',
    given: { link: 1000, wish: [1, -1] },
    want: 'Cannot share 1000 Mbit/s between VFs: VF 0 has a minimum rate of -1 Mbit/s, not a number from 0 to 4294967295',
  },
  {
    name: 'a maximum that is no number',
    given: { link: 1000, wish: [1, null, Number.NaN] },
    want: 'Cannot share 1000 Mbit/s between VFs: VF 0 has a maximum rate of NaN Mbit/s, not a number from 0 to 4294967295',
  },
  {
    name: 'a minimum above the maximum',
    given: { link: 1000, wish: [1, 200, 100] },
    want: 'Cannot share 1000 Mbit/s between VFs: VF 0 has a minimum rate of 200 Mbit/s above its maximum of 100 Mbit/s',
  },
];

for (const { name, given, want } of refused) {
  test(`shareBandwidth() refuses ${name}`, () => {
    assert.throws(
      () => shareBandwidth(given.link, demandsOf([given.wish])),
      (error) => isSriovError(error, 'RATE_INVALID') && error.message === want,
    );
  });
}
