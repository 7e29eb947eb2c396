import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAskedTime, unknownMarker } from './asked-steps.ts';

describe('parseAskedTime()', () => {
  for (const { name, given, want } of [
    { name: 'is no bound where none is asked for', given: undefined, want: null },
    {
      name: 'brings a time of any zone into the form of the log',
      given: '2026-01-02T05:04:05+02:00',
      want: '2026-01-02T03:04:05.000Z',
    },
    { name: 'takes a day for its first moment', given: '2026-01-02', want: '2026-01-02T00:00:00.000Z' },
  ])
    it(name, () => {
      assert.equal(parseAskedTime(given), want);
    });

  for (const given of ['yesterday', '', 'x'.repeat(4000)])
    it(`refuses "${given.slice(0, 20)}", and repeats no more of it than a line holds`, () => {
      assert.throws(
        () => parseAskedTime(given),
        (error: Error) =>
          error.message === `Cannot read the query: "${given.slice(0, 40)}" is no time` &&
          'code' in error &&
          error.code === 'REQUEST_INVALID',
      );
    });
});

describe('unknownMarker()', () => {
  it('repeats no more of a marker than a line holds', () => {
    const { code, message } = unknownMarker('9'.repeat(4000));
    assert.equal(code, 'REQUEST_INVALID');
    assert.ok(message.length < 120, message);
  });
});
