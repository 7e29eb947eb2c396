// The two processes of the benchmark of the link, a controller and ten thousand agents, and what they are asked.
// Must never share a process: each would be measured with the other's work.

/** What the benchmark asks of its two children, and what they answer. */
export type Order =
  | { readonly kind: 'figures' }
  /** Agents: tell once all are connected and have a revision of at least this. */
  | { readonly kind: 'await-revision'; readonly revision: number }
  /** Controller: something changed for all hosts. */
  | { readonly kind: 'wake-all' };

export interface ProcessFigures {
  readonly kind: 'figures';
  readonly rssBytes: number;
  /** Processor time since the process began, milliseconds. */
  readonly cpuMs: number;
  readonly sessions: number;
}

export type Answer =
  | ProcessFigures
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'started' }
  | { readonly kind: 'all-there' };

export function figuresOfProcess(sessions: number): ProcessFigures {
  // What is garbage by now is nobody's memory.
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return { kind: 'figures', rssBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000, sessions };
}

export function answer(message: Answer): void {
  process.send?.(message);
}
