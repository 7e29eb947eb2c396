/** Times in milliseconds over repeated runs. */
export interface Timing {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly runs: number;
}

export interface Repetition {
  /** Runs that are not counted: the compiler of V8 needs some before a figure stands still. */
  readonly warmUp?: number;
  readonly runs?: number;
  /** Called before each run and not timed, for work that needs a fresh start. */
  readonly prepare?: () => unknown;
}

/**
 * Times `work` again and again. It returns something it has computed: each result is kept until the next, so that
 * the engine cannot leave out work whose result nobody looks at.
 */
export async function measure(
  work: () => unknown,
  { warmUp = 5, runs = 30, prepare }: Repetition = {},
): Promise<Timing> {
  const times: number[] = [];
  for (let run = -warmUp; run < runs; run++) {
    prepare?.();
    const started = performance.now();
    kept.result = work();
    // Awaiting what is no promise would add a turn of the event loop to the figure.
    if (kept.result instanceof Promise) await kept.result;
    if (run >= 0) times.push(performance.now() - started);
  }
  return summarize(times);
}

const kept: { result?: unknown } = {};

/** @throws RangeError without any time */
export function summarize(times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (min === undefined || max === undefined || low === undefined || high === undefined) {
    throw new RangeError('Cannot summarize a measurement: no run was timed');
  }
  return { min, median: (low + high) / 2, max, runs: sorted.length };
}
