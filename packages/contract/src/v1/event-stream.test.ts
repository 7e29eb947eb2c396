import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EventStreamParser, type ServerSentEvent } from './event-stream.ts';

const STREAM = `: hello

id: 7
event: port
data: {"a":1}

id: 8

data: one
data: two
ignored: x

event: host
data:no space

data: cut off`;

const WANT: readonly ServerSentEvent[] = [
  { event: 'port', data: '{"a":1}', id: '7' },
  { event: 'message', data: 'one\ntwo', id: '8' },
  { event: 'host', data: 'no space', id: '8' },
];

describe('EventStreamParser', () => {
  it('reads the same events in whatever pieces and with whatever line ends they come', () => {
    const ends = fc.constantFrom('\n', '\r\n', '\r');
    const cuts = fc.array(fc.integer({ min: 0, max: STREAM.length * 2 }), { maxLength: 30 });
    fc.assert(
      fc.property(ends, cuts, (end, at) => {
        const text = STREAM.replaceAll('\n', end);
        const places = [
          0,
          ...at.filter((place) => place < text.length).toSorted((a, b) => a - b),
          text.length,
        ];
        const parser = new EventStreamParser();
        const seen = places.slice(1).flatMap((place, index) => parser.push(text.slice(places[index], place)));
        assert.deepEqual(seen, WANT);
        assert.equal(parser.lastId, '8');
      }),
    );
  });
});
