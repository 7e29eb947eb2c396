import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Interruptions, measureGaps } from './measure-gaps.ts';

const began = 1_700_000_000_000;

function stamp(atMs: number): string {
  return `[${((began + atMs) / 1000).toFixed(3)}000]`;
}
const answer = (sequence: number, atMs: number): string =>
  `${stamp(atMs)} 64 bytes from 10.9.0.9: icmp_seq=${sequence} ttl=64 time=3.17 ms`;
const silence = (sequence: number, atMs: number): string =>
  `${stamp(atMs)} no answer yet for icmp_seq=${sequence}`;
const header = 'PING 10.9.0.9 (10.9.0.9) 56(84) bytes of data.';

const cases: readonly {
  readonly name: string;
  readonly given: readonly string[];
  readonly want: Omit<Interruptions, 'startedAtMs'>;
}[] = [
  {
    name: 'finds nothing where every ping is answered',
    given: [header, answer(1, 0), answer(2, 200), answer(3, 410)],
    want: { sent: 3, lost: 0, longestGapMs: 0, gaps: [] },
  },
  {
    name: 'gives a gap from the answer before to the answer after',
    given: [answer(1, 0), silence(2, 400), silence(3, 600), answer(4, 800), answer(5, 1000)],
    want: { sent: 5, lost: 2, longestGapMs: 800, gaps: [{ fromMs: 0, toMs: 800 }] },
  },
  {
    name: 'has a gap without a loss where answers come late and all at once',
    given: [
      answer(1, 0),
      silence(2, 400),
      silence(3, 600),
      answer(2, 1500),
      answer(3, 1501),
      answer(4, 1502),
    ],
    want: { sent: 4, lost: 0, longestGapMs: 1500, gaps: [{ fromMs: 0, toMs: 1500 }] },
  },
  {
    name: 'counts a ping that is lost alone, which is no gap',
    given: [answer(1, 0), silence(2, 400), answer(3, 410)],
    want: { sent: 3, lost: 1, longestGapMs: 0, gaps: [] },
  },
  {
    name: 'has gaps at the beginning and at the end, too',
    given: [
      silence(1, 0),
      silence(2, 200),
      answer(4, 700),
      answer(5, 900),
      silence(6, 1300),
      silence(7, 2000),
    ],
    want: {
      sent: 7,
      lost: 5,
      longestGapMs: 1100,
      gaps: [
        { fromMs: 0, toMs: 700 },
        { fromMs: 900, toMs: 2000 },
      ],
    },
  },
  {
    name: 'takes an answer that came twice for one',
    given: [answer(1, 0), answer(1, 10).concat(' (DUP!)'), answer(2, 200)],
    want: { sent: 2, lost: 0, longestGapMs: 0, gaps: [] },
  },
];
for (const { name, given, want } of cases) {
  test(`measureGaps() ${name}`, () => {
    assert.deepEqual(measureGaps(`${given.join('\n')}\n`), { startedAtMs: began, ...want });
  });
}

test('measureGaps() refuses a log that tells nothing', () => {
  assert.throws(() => measureGaps(`${header}\n`), RangeError);
});
