import type { HostDocument } from '@virtfn/contract';
import { isSriovError } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatHost } from '../output/index.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';
import { observeThisHost } from './this-host.ts';

async function hostsOfController(
  { endpoint, host }: NicListOptions,
  context: CommandContext,
): Promise<readonly HostDocument[]> {
  const client = context.connect(endpoint);
  const names =
    host === undefined
      ? (await client.call('listHosts', {}, null)).hosts.map(({ hostId }) => hostId)
      : [host];
  const hosts: HostDocument[] = [];
  for (const hostId of names) hosts.push(await client.call('getHost', { hostId }, null));
  return hosts;
}

/** Asks the controller; where none was named and none answers, this machine itself. */
async function findHosts(options: NicListOptions, context: CommandContext): Promise<readonly HostDocument[]> {
  const mustAsk =
    context.hasChosenEndpoint || options.host !== undefined || options.endpoint !== context.defaultEndpoint;
  if (options.local === true) return [await observeThisHost(context)];
  try {
    return await hostsOfController(options, context);
  } catch (error) {
    if (mustAsk || !isSriovError(error, 'CONTROLLER_UNREACHABLE')) throw error;
    return [await observeThisHost(context)];
  }
}

interface NicListOptions extends EndpointOptions {
  readonly host?: string;
  readonly local?: boolean;
}

export function addNicList(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('list'), context)
    .description(
      'PFs and their VFs as a tree: of all hosts of the controller, or of this machine where there is none',
    )
    .option('--host <host>', 'one host of the controller only')
    .option('--local', 'this machine, without asking a controller')
    .addHelpText('after', '\nExample:\n  virtfn nic list --host sim-fish-1')
    .action(async (options: NicListOptions) => {
      const hosts = await findHosts(options, context);
      const { terminal } = context;
      if (options.json === true) return terminal.out(JSON.stringify({ hosts }, null, 2));
      if (hosts.length === 0) return terminal.out('No host has reported yet.');
      terminal.out(hosts.map((host) => formatHost(host, terminal)).join('\n\n'));
    });
}
