import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latestRates } from './latest-rates.ts';
import { NO_TRAFFIC, withReading } from './traffic-history.ts';

const counters = (rxBytes: number) => ({
  rxBytes: String(rxBytes),
  txBytes: '0',
  rxPackets: '0',
  txPackets: '0',
  rxDropped: '0',
  txDropped: '0',
});
const reading = (clockMs: number, rxBytes: number) => ({
  pf: '0000:82:00.0',
  readAt: '2026-01-01T00:00:00Z',
  ageMs: 0,
  clockMs,
  own: counters(0),
  vfs: [{ vfIndex: 3, countedBy: 'card' as const, ...counters(rxBytes) }],
});

test('latestRates() tells a VF that is counted from one that is not, also while nothing is known of what it passes', () => {
  assert.equal(latestRates(NO_TRAFFIC, false).counted, null, 'nobody has said yet');
  const once = withReading(NO_TRAFFIC, reading(0, 0), 0);
  assert.deepEqual(latestRates(once, false), { counted: new Set([3]), rates: new Map() });
  const twice = withReading(once, reading(1000, 125_000), 1000);
  assert.deepEqual(latestRates(twice, false).rates, new Map([[3, { rx: 1, tx: 0 }]]));
  assert.deepEqual(latestRates(twice, true), { counted: new Set([3]), rates: new Map() }, 'that was then');
});
