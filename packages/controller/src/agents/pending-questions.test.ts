import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Ask } from '@virtfn/contract/agent-link';
import { parseHostId } from '@virtfn/model';
import { PendingQuestions } from './pending-questions.ts';

const QUESTION = { about: 'traffic', pf: null } as const;
const NOTHING = { about: 'traffic', traffic: { pfs: [] } } as const;
const A_MINUTE = 60_000;

suite('PendingQuestions', () => {
  test('give each its own answer, in whatever order they come, and drop what nobody waits for', async () => {
    const questions = new PendingQuestions(parseHostId('fish'));
    const sent: Ask[] = [];
    const ask = () => questions.ask((each) => sent.push(each), QUESTION, A_MINUTE);
    const [first, second] = [ask(), ask()];
    const error = { about: 'error', code: 'PF_UNKNOWN', message: 'no', hint: '' } as const;
    const [a, b] = sent.map(({ id }) => id);
    assert.ok(a !== undefined && b !== undefined && a !== b);
    questions.take({ kind: 'answer', id: 99, answer: NOTHING });
    questions.take({ kind: 'answer', id: b, answer: error });
    questions.take({ kind: 'answer', id: a, answer: NOTHING });
    questions.take({ kind: 'answer', id: a, answer: error });
    assert.equal(await first, NOTHING);
    assert.equal(await second, error);
  });

  test('end with the session, with the limit, and where too many wait', async () => {
    const questions = new PendingQuestions(parseHostId('fish'));
    const ask = (limitMs = A_MINUTE) => questions.ask(() => {}, QUESTION, limitMs);
    await assert.rejects(ask(1), /Cannot ask the agent of host fish: no answer in 0.001 s/);
    const waiting = Array.from({ length: 64 }, () => ask());
    await assert.rejects(ask(), /many questions to it wait already/);
    questions.end();
    for (const each of await Promise.allSettled(waiting)) {
      assert.ok(each.status === 'rejected');
      assert.match(String(each.reason), /its session has ended/);
    }
    await assert.rejects(ask(), /its session has ended/);
  });
});
