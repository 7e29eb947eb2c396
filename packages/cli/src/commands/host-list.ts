import type { HostList } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { type EndpointOptions, addEndpointOptions } from './endpoint-options.ts';

type Host = HostList['hosts'][number];

const COLUMNS: readonly Column<Host>[] = [
  { title: 'HOST', value: (host) => host.hostId },
  { title: 'STATE', value: stateOf },
  { title: 'KIND', value: (host) => (host.simulated ? 'simulated' : 'real') },
  { title: 'PFS', value: (host) => String(host.pfs), align: 'right' },
  { title: 'VFS', value: (host) => `${host.vfs.enabled}/${host.vfs.possible}`, align: 'right' },
  { title: 'IN USE', value: (host) => String(host.vfs.inUse), align: 'right' },
  { title: 'FINDINGS', value: (host) => String(host.findings), align: 'right' },
  { title: 'LAST REPORT', value: (host) => host.reportedAt.replace(/\.\d+Z$/, 'Z') },
];

export function addHostList(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('list'), context)
    .description('All hosts with their PFs and VFs')
    .addHelpText('after', '\nExample:\n  virtfn host list --json')
    .action(async (options: EndpointOptions) => {
      const answer = await context.connect(options.endpoint).call('listHosts', {}, null);
      const { terminal } = context;
      if (options.json === true) return terminal.out(JSON.stringify(answer, null, 2));
      if (answer.hosts.length === 0) return terminal.out('No host has reported yet.');
      terminal.out(formatTitledTable(answer.hosts, COLUMNS, terminal));
    });
}

/** Of one whose agent is not there, nothing that is shown is sure. */
function stateOf({ isAlive, lostAt }: Host): string {
  if (!isAlive) return 'gone';
  return lostAt === null ? 'alive' : 'not connected';
}
