import { findLab, type Lab } from '../lab.ts';
import type { LabHost } from '../lab-host.ts';

export interface GlobalOptions {
  /** The name of a lab; null for the only one. */
  readonly lab: string | null;
  readonly install: boolean;
  readonly all: boolean;
  readonly follow: boolean;
  /** What came after `--`; null when there was none. */
  readonly rest: readonly string[] | null;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Gives the exit status: 0 done, 1 failed, 2 wrong usage. */
export type Command = (args: readonly string[], options: GlobalOptions) => Promise<number>;

/** The host that is meant: the one named, or the first. */
export function chooseHost(
  args: readonly string[],
  options: GlobalOptions,
): { readonly lab: Lab; readonly host: LabHost } {
  const lab = findLab(options.lab);
  const [first] = lab.topology.hosts;
  return { lab, host: lab.host(args[0] ?? first?.name ?? '') };
}
