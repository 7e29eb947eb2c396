import type { Client } from '@virtfn/contract';
import type { Terminal } from './output/index.ts';

/** What a command may use of the world; main.ts makes it, tests make their own. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** A client of the controller at `endpoint`. */
  readonly connect: (endpoint: string) => Client;
  /** Runs the all-in-one program until it ends; its exit status. */
  readonly runUp: (args: readonly string[]) => Promise<number>;
  readonly defaultEndpoint: string;
  /** Sets the exit status of the process when nothing failed but not all is well. */
  readonly exitWith: (status: number) => void;
}
