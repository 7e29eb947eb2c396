import { SriovError } from '@virtfn/model';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from '../endpoint-options.ts';
import { NETWORK, SUBNET } from './kinds.ts';
import { addObjectCommands, attribute, tellObject } from './object-commands.ts';
import { collect, given, isOn, orNull, refuseNothing } from './read-option.ts';

interface CreateOptions extends EndpointOptions {
  readonly network: string;
  readonly cidr: string;
  readonly gateway?: string;
  readonly pool?: readonly string[];
  readonly dns?: readonly string[];
  readonly dhcp: boolean;
}

interface SetOptions extends EndpointOptions {
  readonly name?: string;
  readonly gateway?: string;
  readonly pool?: readonly string[];
  readonly dns?: readonly string[];
  readonly dhcp?: 'on' | 'off';
}

const POOL = 'addresses to give out, FIRST-LAST; may be repeated';
const DNS = 'DNS server; may be repeated';

export function addSubnetCommands(parent: Command, context: CommandContext): void {
  addObjectCommands(parent, context, {
    kind: SUBNET,
    command: 'subnet',
    word: 'subnet',
    words: 'subnets',
    example: 'blue-v4',
    columns: [
      { title: 'NAME', value: attribute('name') },
      { title: 'CIDR', value: attribute('cidr') },
      { title: 'GATEWAY', value: attribute('gateway_ip') },
      { title: 'NETWORK', value: attribute('network_id') },
      { title: 'ID', value: attribute('id') },
    ],
    facts: async (subnet, client) => [
      ['name', attribute('name')(subnet)],
      ['id', subnet.id],
      ['project', attribute('project_id')(subnet)],
      ['network', attribute('name')(await client.find(NETWORK, String(subnet['network_id'])))],
      ['CIDR', attribute('cidr')(subnet)],
      ['gateway', attribute('gateway_ip')(subnet)],
      ['pools', poolsOf(subnet['allocation_pools'])],
      ['DNS servers', attribute('dns_nameservers')(subnet)],
      ['DHCP', attribute('enable_dhcp')(subnet)],
    ],
  });
  addEndpointOptions(parent.command('create'), context)
    .argument('[name]', 'its name')
    .description('Make a subnet: the addresses of a network')
    .requiredOption('--network <network>', 'name or id')
    .requiredOption('--cidr <cidr>', 'its addresses: 10.0.0.0/24, fd00::/64')
    .option('--gateway <address>', 'its gateway, or none; the first address, if left out')
    .option('--pool <first-last>', POOL, collect)
    .option('--dns <address>', DNS, collect)
    .option('--no-dhcp', 'for addresses that are set by hand')
    .addHelpText(
      'after',
      '\nExample:\n  virtfn subnet create blue-v4 --network blue --cidr 10.0.0.0/24 --gateway none',
    )
    .action(async (name: string | undefined, options: CreateOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const { gateway, pool, dns, cidr } = options;
      const { id: network } = await client.find(NETWORK, options.network);
      const subnet = await client.create(
        SUBNET,
        given({
          name,
          network_id: network,
          cidr,
          ip_version: cidr.includes(':') ? 6 : 4,
          gateway_ip: gateway === undefined ? undefined : orNull(gateway),
          allocation_pools: pool?.map(parsePool),
          dns_nameservers: dns,
          enable_dhcp: options.dhcp ? undefined : false,
        }),
      );
      tellObject(context, SUBNET, subnet, { isJson: options.json === true, what: 'Made subnet' });
    });
  addEndpointOptions(parent.command('set'), context)
    .argument('<subnet>', 'name or id')
    .description('Change a subnet')
    .option('--name <name>', 'its new name')
    .option('--gateway <address>', 'its gateway, or none')
    .option('--pool <first-last>', POOL, collect)
    .option('--dns <address>', DNS, collect)
    .addOption(
      new Option('--dhcp <on|off>', 'whether its addresses are given by DHCP').choices(['on', 'off']),
    )
    .addHelpText('after', '\nExample:\n  virtfn subnet set blue-v4 --dns 10.0.0.53')
    .action(async (nameOrId: string, options: SetOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const { name, gateway, pool, dns, dhcp } = options;
      const values = given({
        name,
        gateway_ip: gateway === undefined ? undefined : orNull(gateway),
        allocation_pools: pool?.map(parsePool),
        dns_nameservers: dns,
        enable_dhcp: dhcp === undefined ? undefined : isOn(dhcp),
      });
      refuseNothing(values, 'subnet set');
      const { id } = await client.find(SUBNET, nameOrId);
      const subnet = await client.update(SUBNET, id, values);
      tellObject(context, SUBNET, subnet, { isJson: options.json === true, what: 'Changed subnet' });
    });
}

/** @throws {SriovError} REQUEST_INVALID */
function parsePool(text: string): { readonly start: string; readonly end: string } {
  const [start, end, ...rest] = text.split('-');
  if (start !== undefined && end !== undefined && rest.length === 0) return { start, end };
  throw new SriovError(
    'REQUEST_INVALID',
    `Cannot read the pool "${text.slice(0, 80)}": it is not FIRST-LAST`,
    {
      hint: 'Write it as 10.0.0.10-10.0.0.99',
    },
  );
}

function poolsOf(pools: unknown): string {
  if (!Array.isArray(pools) || pools.length === 0) return '-';
  return (pools as readonly { readonly start: string; readonly end: string }[])
    .map(({ start, end }) => `${start}-${end}`)
    .join(', ');
}
