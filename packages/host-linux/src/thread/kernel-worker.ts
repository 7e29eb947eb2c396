import { parentPort } from 'node:worker_threads';
import { runJob } from './jobs.ts';
import type { Answer, Question } from './kernel-thread.ts';

// The thread's own program: one question, one answer, in order.
parentPort?.on('message', ({ id, job }: Question) => {
  let answer: Answer;
  try {
    answer = { id, result: runJob(job) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is about windows of browsers
  parentPort?.postMessage(answer);
});
