import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatHost } from '../output/index.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

export function addHostShow(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('show'), context)
    .argument('<host>', 'its name')
    .description('One host: its agent, findings, PFs and VFs, as last read from its kernel')
    .addHelpText('after', '\nExample:\n  virtfn host show compute1')
    .action(async (hostId: string, options: EndpointOptions) => {
      const client = context.connect(options.endpoint);
      const host = await client.call('getHost', { hostId }, null);
      const { terminal } = context;
      if (options.json === true) return terminal.out(JSON.stringify(host, null, 2));
      const { agents } = await client.call('listAgents', {}, null);
      const agent = agents.find((each) => each.hostId === hostId);
      terminal.out(
        `${formatHost(host, terminal)}\n\n${describeAgent(agent)}; last report ${host.reportedAt}`,
      );
    });
}

function describeAgent(
  agent: { readonly version: string; readonly isAlive: boolean; readonly heardAt: string } | undefined,
): string {
  if (agent === undefined) return 'No agent has joined from it';
  return `Agent ${agent.version}, ${agent.isAlive ? 'alive' : 'gone'}, heard of at ${agent.heardAt}`;
}
