import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SriovError } from '@virtfn/model';
import { askInOrder } from './ask-in-order.ts';

const AWAY = new SriovError('CONTROLLER_UNREACHABLE', 'Cannot reach the controller');

describe('askInOrder()', () => {
  for (const { name, arrive, want } of [
    { name: 'takes every answer that comes in its turn', arrive: [0, 1, 2], want: [0, 1, 2] },
    { name: 'takes none that is older than what was taken', arrive: [2, 0, 1], want: [2] },
    { name: 'takes a later one behind one that was passed over', arrive: [1, 0, 2], want: [1, 2] },
  ])
    it(name, async () => {
      const answers = [0, 1, 2].map(() => Promise.withResolvers<number>());
      const questions = answers.values();
      const taken: unknown[] = [];
      const ask = askInOrder(
        () => questions.next().value?.promise ?? assert.fail('asked once too often'),
        (answer) => taken.push(answer),
      );
      const asked = answers.map(() => ask());
      for (const at of arrive) {
        answers[at]?.resolve(at);
        await asked[at];
      }
      assert.deepEqual(taken, want);
    });

  it('takes a failure in its turn, too, and none that is older than an answer', async () => {
    const [failing, answering, failingAgain] = [0, 1, 2].map(() => Promise.withResolvers<string>());
    assert.ok(failing !== undefined && answering !== undefined && failingAgain !== undefined);
    const questions = [failing, answering, failingAgain].values();
    const taken: unknown[] = [];
    const ask = askInOrder(
      () => questions.next().value?.promise ?? assert.fail('asked once too often'),
      (answer) => taken.push(answer),
    );
    const [first, second, third] = [ask(), ask(), ask()];
    answering.resolve('tokens');
    await second;
    failing.reject(AWAY);
    await first;
    failingAgain.reject(AWAY);
    await third;
    assert.deepEqual(taken, ['tokens', AWAY]);
  });
});
