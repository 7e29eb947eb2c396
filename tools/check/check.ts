/** One thing that is wrong, and what to do about it. `line` counts from 1; null where no line is at fault. */
export interface Problem {
  readonly path: string;
  readonly line: number | null;
  readonly what: string;
  readonly fix: string;
}

/**
 * What a check found. `looked` says what it walked, in words with numbers: a check that looked at nothing
 * must not look like one that found nothing. It failed when there are problems.
 */
export interface Report {
  readonly looked: string;
  readonly problems: readonly Problem[];
  /** The words of a program that was run, shown when there are problems. */
  readonly output?: string;
}

export interface Check {
  readonly name: string;
  run(root: string): Report | Promise<Report>;
}

export function formatProblem({ path, line, what, fix }: Problem): string {
  return `${path}${line === null ? '' : `:${line}`}: ${what}: ${fix}`;
}
