import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

export interface EndpointOptions {
  readonly endpoint: string;
  readonly json?: boolean;
}

/** Options of every command that asks a controller. */
export function addEndpointOptions(command: Command, context: CommandContext): Command {
  return command
    .option('--endpoint <url>', 'address of the controller (VIRTFN_ENDPOINT)', context.defaultEndpoint)
    .option('--json', 'print JSON');
}
