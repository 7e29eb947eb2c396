import { toSriovError } from '@virtfn/model';

/** Deeper than this no error was ever wrapped. */
const DEEPEST = 8;

/** What a log needs to know of a failure: what it was for, and each cause of it; with the stack where nobody meant it to happen. */
export function describeFailure(thrown: unknown): string {
  const error = toSriovError(thrown);
  const causes: string[] = [];
  let cause = error.cause;
  while (cause instanceof Error && causes.length < DEEPEST) {
    causes.push(cause.message);
    cause = cause.cause;
  }
  const words = [error.message, ...causes.filter((each) => each !== error.message)].join('; because: ');
  const stack = error.code === 'INTERNAL' && error.cause instanceof Error ? error.cause.stack : undefined;
  return stack === undefined ? words : `${words}\n${stack}`;
}
