import type { AgentList } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

type Agent = AgentList['agents'][number];

const COLUMNS: readonly Column<Agent>[] = [
  { title: 'HOST', value: (agent) => agent.hostId },
  { title: 'STATE', value: stateOf },
  { title: 'VERSION', value: (agent) => agent.version },
  { title: 'LAST HEARD', value: (agent) => agent.heardAt.replace(/\.\d+Z$/, 'Z') },
];

export function addAgentList(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('list'), context)
    .description('Agents of the fleet, and when they were heard of last')
    .addHelpText('after', '\nExample:\n  virtfn agent list')
    .action(async (options: EndpointOptions) => {
      const answer = await context.connect(options.endpoint).call('listAgents', {}, null);
      const { terminal } = context;
      if (options.json === true) return terminal.out(JSON.stringify(answer, null, 2));
      if (answer.agents.length === 0)
        return terminal.out('No agent has joined yet. `virtfn agent token` makes what one needs for it.');
      terminal.out(formatTitledTable(answer.agents, COLUMNS, terminal));
    });
}

function stateOf({ isConnected, isAlive }: Agent): string {
  if (!isAlive) return 'gone';
  return isConnected ? 'connected' : 'not connected';
}
