import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bandwidthWords } from './bandwidth-words.ts';

const cases: readonly { readonly mbps: number; readonly want: string }[] = [
  { mbps: 0, want: '0' },
  { mbps: 0.0001, want: '0' },
  { mbps: 0.000_784 * 8, want: '6.27 kbit/s' },
  { mbps: 0.5, want: '500 kbit/s' },
  { mbps: 1, want: '1 Mbit/s' },
  { mbps: 12.34, want: '12.3 Mbit/s' },
  { mbps: 999.4, want: '999 Mbit/s' },
  { mbps: 1000, want: '1 Gbit/s' },
  { mbps: 2500, want: '2.5 Gbit/s' },
  { mbps: 400_000, want: '400 Gbit/s' },
];
for (const { mbps, want } of cases)
  test(`bandwidthWords() calls ${mbps} Mbit/s ${want}`, () => assert.equal(bandwidthWords(mbps), want));
