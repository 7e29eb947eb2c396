import { parentPort } from 'node:worker_threads';
import type { LookAnswer, LookRequest } from './look-thread.ts';
import { readMachine } from './read-machine.ts';

// The thread's own program: one question, one answer, in order.
parentPort?.on('message', ({ id, root }: LookRequest) => {
  let answer: LookAnswer;
  try {
    answer = { id, host: readMachine(root) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is about windows of browsers
  parentPort?.postMessage(answer);
});
