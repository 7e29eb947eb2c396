import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { followEvents } from './follow-events.ts';
import type { StreamTransport } from './stream-transport.ts';

/** Two writes of one event, one of two, and a beat behind them, as a controller writes them. */
const TOLD: readonly { readonly revision: number; readonly text: string }[] = [
  { revision: 1, text: 'id: 1\nevent: port\ndata: {"id":"a"}\n\n' },
  { revision: 2, text: 'event: port\ndata: {"id":"b"}\n\nid: 2\nevent: port\ndata: {"id":"c"}\n\n' },
  { revision: 3, text: 'id: 3\nevent: port\ndata: {"id":"d"}\n\n' },
  { revision: 4, text: ': \nid: 4\n\n' },
];

const textBehind = (revision: number): string =>
  TOLD.flatMap((each) => (each.revision > revision ? [each.text] : [])).join('');

describe('followEvents()', () => {
  it('tells each event at least once, wherever streams are cut', async () => {
    const cuts = fc.array(fc.nat(textBehind(0).length), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(cuts, async (lengths) => {
        const left = [...lengths];
        const stop = new AbortController();
        const transport: StreamTransport = async ({ lastEventId }) => {
          const text = textBehind(Number(lastEventId ?? 0));
          const length = left.shift();
          if (length === undefined) setImmediate(() => stop.abort());
          return (async function* pieces() {
            for (const letter of text.slice(0, length)) yield letter;
          })();
        };
        const heard: unknown[] = [];
        const sleep = () => new Promise<void>((resolve) => void setImmediate(resolve));
        for await (const event of followEvents({ transport, signal: stop.signal, sleep }))
          heard.push('id' in event && event.id);
        for (const id of ['a', 'b', 'c', 'd']) assert.ok(heard.includes(id), `"${id}" is missing`);
      }),
    );
  });
});
