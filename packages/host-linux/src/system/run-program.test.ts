import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { runProgram } from './run-program.ts';

test('runProgram() runs a program to its end, and says how one failed', async () => {
  await runProgram('true', [], { limitMs: 5000 });
  await assert.rejects(runProgram('sh', ['-c', 'echo no >&2; exit 3'], { limitMs: 5000 }), {
    code: 3,
    stderr: 'no\n',
  });
});

test('runProgram() ends what has not ended in time, and does not know what came of it', async () => {
  const began = performance.now();
  await assert.rejects(runProgram('sh', ['-c', 'sleep 8 & sleep 8'], { limitMs: 200 }), (error) =>
    isSriovError(error, 'STEP_TIMEOUT'),
  );
  assert.ok(performance.now() - began < 7000);
});
