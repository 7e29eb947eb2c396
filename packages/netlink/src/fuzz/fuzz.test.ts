import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzDecoders } from './index.ts';

test('decoders decode or throw NetlinkDecodeError, whatever they are fed', () => {
  const counts = fuzzDecoders(5000, 1);
  assert.equal(counts.size, 14);
  // A decoder that only ever refuses, or never does, has not been tried.
  for (const [name, { decoded, refused }] of counts) {
    assert.ok(decoded > 50 && refused > 50, `${name}: ${decoded} decoded, ${refused} refused`);
  }
});

test('fuzzDecoders() is the same for the same seed', () => {
  assert.deepEqual(fuzzDecoders(300, 7), fuzzDecoders(300, 7));
  assert.notDeepEqual(fuzzDecoders(300, 7), fuzzDecoders(300, 8));
});
