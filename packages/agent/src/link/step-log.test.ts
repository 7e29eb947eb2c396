import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAgentMessage, type StepsMessage, type ToldStep } from '@virtfn/contract/agent-link';
import { parsePciAddress } from '@virtfn/model';
import fc from 'fast-check';
import { StepLog } from './step-log.ts';

const step = (number: number): ToldStep => ({
  at: '2026-01-02T03:04:05.000Z',
  cause: 'reconcile',
  action: 'set-vf',
  text: String(number),
  pf: parsePciAddress('0000:82:00.0'),
  vfIndex: 0,
  attachmentId: null,
  portId: null,
  error: null,
});

function take(log: StepLog): StepsMessage | null {
  const text = log.takeMessage();
  if (text === null) return null;
  const message = parseAgentMessage(text);
  assert.equal(message.kind, 'steps');
  return message;
}

/** A controller that keeps what it is told, once each. */
class Keeper {
  readonly kept = new Map<number, string>();
  lost = 0;

  keep({ first, lost, steps }: StepsMessage): number {
    // What a message says is lost counts once, however often it comes.
    if (!this.kept.has(first)) this.lost += lost;
    for (const [index, { text }] of steps.entries()) this.kept.set(first + index, text);
    return first + steps.length;
  }
}

describe('StepLog', () => {
  it('sends one message at a time, and what was put meanwhile with the next', () => {
    const log = new StepLog('a');
    assert.equal(take(log), null);
    log.put(step(0));
    assert.equal(take(log)?.steps.length, 1);
    log.put(step(1));
    assert.equal(take(log), null);
    log.acknowledge('another life', 1);
    assert.equal(take(log), null);
    log.acknowledge('a', 1);
    assert.deepEqual(
      take(log)?.steps.map(({ text }) => text),
      ['1'],
    );
  });

  it('keeps the newest when nobody takes them, and tells how many are lost', () => {
    const log = new StepLog('a');
    for (let number = 0; number < 5000; number += 1) log.put(step(number));
    const message = take(log);
    assert.equal(message?.lost, 5000 - 4096);
    assert.equal(message?.first, 5000 - 4096);
    assert.equal(message?.steps[0]?.text, String(5000 - 4096));
    assert.equal(message?.steps.length, 500);
  });

  it('loses nothing untold, whatever becomes of messages and answers', () => {
    const events = fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({ kind: fc.constant('put'), count: fc.integer({ min: 1, max: 2500 }) }),
        },
        {
          weight: 5,
          arbitrary: fc.record({
            kind: fc.constantFrom('answered', 'unanswered', 'unheard'),
            count: fc.constant(0),
          }),
        },
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(events, (all) => {
        const log = new StepLog('a');
        const keeper = new Keeper();
        let put = 0;
        const exchange = (outcome: string): boolean => {
          const message = take(log);
          if (message === null) return false;
          const next = outcome === 'unheard' ? 0 : keeper.keep(message);
          if (outcome === 'answered') log.acknowledge('a', next);
          else log.forget();
          return true;
        };
        for (const { kind, count } of all) {
          if (kind === 'put') for (let added = 0; added < count; added += 1) log.put(step(put++));
          else exchange(kind);
        }
        while (exchange('answered'));
        for (const [number, text] of keeper.kept) assert.equal(text, String(number));
        const missing = put - keeper.kept.size;
        assert.ok(
          missing <= keeper.lost,
          `${missing} of ${put} are missing, ${keeper.lost} were told to be lost`,
        );
        if (put > 0) assert.ok(keeper.kept.has(put - 1));
      }),
      { numRuns: 60 },
    );
  });
});
