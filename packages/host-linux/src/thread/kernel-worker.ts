import { parentPort } from 'node:worker_threads';
import { runJob } from './jobs.ts';
import type { Answer, Question } from './kernel-thread.ts';

// The thread's own program: one question, one answer, in order.
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', ({ id, job }: Question) => {
  last = last.then(() => answerJob(id, job));
});

async function answerJob(id: Question['id'], job: Question['job']): Promise<void> {
  let answer: Answer;
  try {
    answer = { id, result: await runJob(job) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is about windows of browsers
  parentPort?.postMessage(answer);
}
