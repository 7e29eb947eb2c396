import { SriovError } from '@virtfn/model';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from '../endpoint-options.ts';
import { NETWORK, QOS_POLICY } from './kinds.ts';
import { addObjectCommands, attribute, tellObject } from './object-commands.ts';
import { given, isOn, orNull, refuseNothing, wholeNumber } from './read-option.ts';

interface CreateOptions extends EndpointOptions {
  readonly physicalNetwork?: string;
  readonly vlan?: number;
  readonly flat?: boolean;
  readonly mtu?: number;
  readonly qos?: string;
  readonly shared?: boolean;
  readonly portSecurity: boolean;
}

interface SetOptions extends EndpointOptions {
  readonly name?: string;
  readonly mtu?: number;
  readonly qos?: string;
  readonly shared?: 'on' | 'off';
  readonly admin?: 'up' | 'down';
}

export function addNetworkCommands(parent: Command, context: CommandContext): void {
  addObjectCommands(parent, context, {
    kind: NETWORK,
    command: 'network',
    word: 'network',
    words: 'networks',
    example: 'blue',
    columns: [
      { title: 'NAME', value: attribute('name') },
      { title: 'KIND', value: attribute('provider:network_type') },
      { title: 'PHYSICAL NETWORK', value: attribute('provider:physical_network') },
      { title: 'VLAN', value: attribute('provider:segmentation_id'), align: 'right' },
      { title: 'MTU', value: attribute('mtu'), align: 'right' },
      { title: 'SHARED', value: attribute('shared') },
      { title: 'ID', value: attribute('id') },
    ],
    facts: async (network) => [
      ['name', attribute('name')(network)],
      ['id', network.id],
      ['project', attribute('project_id')(network)],
      ['status', attribute('status')(network)],
      ['kind', attribute('provider:network_type')(network)],
      ['physical network', attribute('provider:physical_network')(network)],
      ['VLAN', attribute('provider:segmentation_id')(network)],
      ['MTU', attribute('mtu')(network)],
      ['shared', attribute('shared')(network)],
      ['port security', attribute('port_security_enabled')(network)],
      ['QoS policy', attribute('qos_policy_id')(network)],
      ['subnets', attribute('subnets')(network)],
    ],
  });
  addEndpointOptions(parent.command('create'), context)
    .argument('<name>', 'its name')
    .description('Make a network: a VLAN of a physical network, or one without a tag')
    .option('--physical-network <name>', 'the wire it is on; any with a free VLAN, if left out')
    .option('--vlan <id>', 'VLAN id; any free one, if left out', wholeNumber('a VLAN'))
    .option('--flat', 'without a VLAN tag')
    .option('--mtu <bytes>', 'MTU', wholeNumber('an MTU'))
    .option('--qos <policy>', 'QoS policy of its ports, name or id')
    .option('--shared', 'all projects may use it')
    .option('--no-port-security', 'its ports may send from any MAC')
    .addHelpText(
      'after',
      '\nExample:\n  virtfn network create blue --physical-network physnet1 --vlan 100\n  virtfn network create any-free-vlan',
    )
    .action(async (name: string, options: CreateOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const network = await client.create(NETWORK, {
        ...given({
          name,
          ...segmentOf(options),
          mtu: options.mtu,
          shared: options.shared,
          port_security_enabled: options.portSecurity ? undefined : false,
        }),
        ...(options.qos === undefined
          ? {}
          : { qos_policy_id: (await client.find(QOS_POLICY, options.qos)).id }),
      });
      tellObject(context, NETWORK, network, { isJson: options.json === true, what: 'Made network' });
    });
  addEndpointOptions(parent.command('set'), context)
    .argument('<network>', 'name or id')
    .description('Change a network')
    .option('--name <name>', 'its new name')
    .option('--mtu <bytes>', 'MTU', wholeNumber('an MTU'))
    .option('--qos <policy>', 'QoS policy of its ports, name or id, or none')
    .addOption(new Option('--shared <on|off>', 'whether all projects may use it').choices(['on', 'off']))
    .addOption(new Option('--admin <up|down>', 'whether its ports are on').choices(['up', 'down']))
    .addHelpText('after', '\nExample:\n  virtfn network set blue --mtu 9000')
    .action(async (nameOrId: string, options: SetOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const { name, mtu, qos, shared, admin } = options;
      const policy = qos === undefined ? undefined : orNull(qos);
      const values = given({
        name,
        mtu,
        qos_policy_id: typeof policy === 'string' ? (await client.find(QOS_POLICY, policy)).id : policy,
        shared: shared === undefined ? undefined : isOn(shared),
        admin_state_up: admin === undefined ? undefined : admin === 'up',
      });
      refuseNothing(values, 'network set');
      const { id } = await client.find(NETWORK, nameOrId);
      const network = await client.update(NETWORK, id, values);
      tellObject(context, NETWORK, network, { isJson: options.json === true, what: 'Changed network' });
    });
}

/** @throws {SriovError} REQUEST_INVALID */
function segmentOf({ physicalNetwork, vlan, flat }: CreateOptions): Readonly<Record<string, unknown>> {
  if (flat === true && vlan !== undefined)
    throw new SriovError('REQUEST_INVALID', 'Cannot make a network: it has a VLAN, or it is flat, not both');
  if (physicalNetwork === undefined && flat !== true && vlan === undefined) return {};
  return {
    'provider:network_type': flat === true ? 'flat' : 'vlan',
    'provider:physical_network': physicalNetwork,
    'provider:segmentation_id': vlan,
  };
}
