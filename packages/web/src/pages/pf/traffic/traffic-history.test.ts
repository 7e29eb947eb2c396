import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TrafficDocument } from '@virtfn/contract';
import { NO_TRAFFIC, type TrafficHistory, withReading } from './traffic-history.ts';
import { busiestVfs, stackVfs } from './stack-vfs.ts';

type PfTraffic = TrafficDocument['pfs'][number];

const counters = (rxBytes: bigint, txBytes = 0n) => ({
  rxBytes: String(rxBytes),
  txBytes: String(txBytes),
  rxPackets: '0',
  txPackets: '0',
  rxDropped: '0',
  txDropped: '0',
});

const reading = (
  clockMs: number,
  vfs: Readonly<Record<number, bigint>>,
  countedBy = 'card' as const,
): PfTraffic => ({
  pf: '0000:82:00.0',
  readAt: new Date(clockMs).toISOString(),
  ageMs: 0,
  clockMs,
  own: counters(0n),
  vfs: Object.entries(vfs).map(([vfIndex, rx]) => ({
    vfIndex: Number(vfIndex),
    countedBy,
    ...counters(rx, rx / 2n),
  })),
});

const historyOf = (...readings: readonly PfTraffic[]): TrafficHistory =>
  readings.reduce((history, each) => withReading(history, each, 1_000_000 + each.clockMs), NO_TRAFFIC);

const MEGABIT = 125_000n;
const HUGE = 2n ** 63n;

suite('withReading()', () => {
  test('makes rates of two readings, exactly, however much was counted before', () => {
    const { samples } = historyOf(
      reading(0, { 0: HUGE, 1: 5n }),
      reading(1000, { 0: HUGE + 8n * MEGABIT, 1: 5n }),
      reading(3000, { 0: HUGE + 12n * MEGABIT, 1: 5n }),
    );
    assert.deepEqual(
      samples.map(({ at, vfs }) => [at, vfs?.get(0), vfs?.get(1)]),
      [
        [1_001_000, { rx: 8, tx: 4 }, { rx: 0, tx: 0 }],
        [1_003_000, { rx: 2, tx: 1 }, { rx: 0, tx: 0 }],
      ],
    );
  });

  const gaps: readonly { name: string; second: PfTraffic; want: 'a gap' | 'no rate' | 'nothing new' }[] = [
    { name: 'an agent that began anew', second: reading(400, { 0: 1n }), want: 'a gap' },
    { name: 'a page that was not looked at', second: reading(90_000, { 0: 99n }), want: 'a gap' },
    { name: 'counters that began anew', second: reading(2000, { 0: 1n }), want: 'no rate' },
    {
      name: 'another who counts',
      second: {
        ...reading(2000, { 0: 99n }),
        vfs: [{ vfIndex: 0, countedBy: 'interface', ...counters(99n) }],
      },
      want: 'no rate',
    },
    { name: 'a VF that was not there', second: reading(2000, { 0: 50n, 7: 99n }), want: 'no rate' },
    { name: 'the same reading again', second: reading(1000, { 0: 50n }), want: 'nothing new' },
  ];
  for (const { name, second, want } of gaps)
    test(`has ${want} behind ${name}`, () => {
      const before = historyOf(reading(1000, { 0: 50n }));
      const after = withReading(before, second, 2_000_000);
      if (want === 'nothing new') return assert.equal(after, before);
      assert.equal(after.last, second);
      const [sample] = after.samples;
      assert.ok(sample !== undefined);
      if (want === 'a gap') return assert.equal(sample.vfs, null);
      const of = name.startsWith('a VF') ? 7 : 0;
      assert.ok(sample.vfs !== null);
      assert.deepEqual([sample.vfs.has(of), sample.unknown.has(of)], [false, true]);
    });

  test('forgets what is older than five minutes', () => {
    const readings = Array.from({ length: 400 }, (_, second) =>
      reading(second * 1000, { 0: BigInt(second) }),
    );
    const { samples } = historyOf(...readings);
    assert.equal(samples.length, 300);
    assert.equal(samples.at(-1)?.at, 1_399_000);
  });
});

suite('stackVfs()', () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index, 0n]));
  const moved = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [index, BigInt(index) * MEGABIT]),
  );
  const history = historyOf(reading(0, many), reading(1000, moved));

  test('has the busiest in layers of their own, by number, and all others in one above', () => {
    const busiest = busiestVfs(history);
    assert.deepEqual(busiest, [14, 15, 16, 17, 18, 19]);
    const layers = stackVfs(history, 'rx', busiest);
    assert.deepEqual(
      layers.map(({ vfIndex, upTo }) => [vfIndex, upTo]),
      [
        [14, [14]],
        [15, [29]],
        [16, [45]],
        [17, [62]],
        [18, [80]],
        [19, [99]],
        [null, [190]],
      ],
    );
  });

  test('makes a hole in what is above a VF of which nobody knows, and in nothing below it', () => {
    const anew = historyOf(
      reading(0, { 0: 0n, 1: 9n * MEGABIT, 2: 0n }),
      reading(1000, { 0: MEGABIT, 1: 0n, 2: MEGABIT }),
    );
    assert.deepEqual(
      stackVfs(anew, 'rx', [0, 1, 2]).map(({ upTo }) => upTo),
      [[1], [null], [null], [null]],
    );
    assert.deepEqual(
      stackVfs(anew, 'rx', [0, 2]).map(({ upTo }) => upTo),
      [[1], [2], [null]],
    );
  });

  test('has no layer for who passes nothing, and nothing where nobody knows', () => {
    const gone = withReading(history, reading(500_000, moved), 9_000_000);
    const [, ...more] = historyOf(reading(0, many), reading(1000, many)).samples;
    assert.deepEqual(more, []);
    assert.deepEqual(busiestVfs(historyOf(reading(0, many), reading(1000, many))), []);
    assert.deepEqual(
      stackVfs(gone, 'tx', [19]).map(({ upTo }) => upTo.at(-1)),
      [null, null],
    );
  });
});
