import type { Client, HostProgramEvent, HostRequest } from '@virtfn/contract';
import type { Terminal } from './output/index.ts';

/** What a command may use of the world; main.ts makes it, tests make their own. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** A client of the controller at `endpoint`. */
  readonly connect: (endpoint: string) => Client;
  /** Runs the all-in-one program until it ends; its exit status. */
  readonly runUp: (args: readonly string[]) => Promise<number>;
  /** Does one thing on this machine itself, without a controller, and tells of it as it goes. */
  readonly runHostProgram: (
    request: HostRequest,
    args: readonly string[],
    onEvent: (event: HostProgramEvent) => void,
  ) => Promise<void>;
  readonly defaultEndpoint: string;
  /** Whether the endpoint was chosen by the user, or is where a controller would be. */
  readonly hasChosenEndpoint: boolean;
  /** Sets the exit status of the process when nothing failed but not all is well. */
  readonly exitWith: (status: number) => void;
}
