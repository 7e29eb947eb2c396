import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzDecoders } from './index.ts';

test('decoders decode or throw LibvirtDecodeError, whatever they are fed', () => {
  const counts = fuzzDecoders(3000, 1);
  assert.ok(counts.size > 50, `${counts.size} decoders`);
  // Answers that carry nothing cannot be wrong; of the others, one that never refuses has not been tried.
  const neverDecoded = [...counts].filter(([, { decoded }]) => decoded === 0).map(([name]) => name);
  assert.deepEqual(neverDecoded, []);
  const refusing = [...counts].filter(([, { refused }]) => refused > 50);
  assert.ok(refusing.length > 25, `${refusing.length} have refused`);
});

test('fuzzDecoders() is the same for the same seed', () => {
  assert.deepEqual(fuzzDecoders(200, 7), fuzzDecoders(200, 7));
  assert.notDeepEqual(fuzzDecoders(200, 7), fuzzDecoders(200, 8));
});
