import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

interface RemoveOptions extends EndpointOptions {
  readonly force?: boolean;
}

export function addHostRemove(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('remove'), context)
    .argument('<host>', 'its name')
    .description(
      'Take a host without ports out of the fleet: its agent is not let in any more, until it enrols anew',
    )
    .option('--force', 'also while its agent is connected')
    .addHelpText('after', '\nExample:\n  virtfn host remove compute1')
    .action(async (hostId: string, { endpoint, json, force = false }: RemoveOptions) => {
      const removed = await context.connect(endpoint).call('removeHost', { hostId }, null, { force });
      context.terminal.out(
        json === true ? JSON.stringify(removed, null, 2) : `Host ${hostId} is in the fleet no more`,
      );
    });
}
