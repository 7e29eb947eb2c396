import { isSriovError } from '@virtfn/model';

/** Longer than any input may take, with room for a busy machine and a collection of garbage. */
const LIMIT_MS = 2000;

/** How often something gave a value and how often it refused, so that a test can see that inputs get past the door. */
export interface FuzzCount {
  readonly taken: number;
  readonly refused: number;
}

/**
 * Runs `attempt` on one input after another. It says whether the input was taken; a SriovError is a refusal.
 *
 * @param show the last input, for a failure
 * @throws when it throws anything else, or takes too long; with the input
 */
export function countAttempts(iterations: number, attempt: () => boolean, show: () => string): FuzzCount {
  let [taken, refused] = [0, 0];
  // Most of the time would go into stacks that nobody reads.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (let iteration = 0; iteration < iterations; iteration++) {
      const started = performance.now();
      try {
        if (attempt()) taken++;
        else refused++;
      } catch (cause) {
        if (!isSriovError(cause)) throw new Error(`input ${iteration}: ${show()}`, { cause });
        refused++;
      }
      const took = performance.now() - started;
      if (took > LIMIT_MS) throw new Error(`input ${iteration} took ${took} ms: ${show()}`);
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return { taken, refused };
}
