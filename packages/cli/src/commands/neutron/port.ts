import { isSriovError, SriovError, type VfSettings } from '@virtfn/model';
import type { AttachmentDocument } from '@virtfn/contract';
import type { NeutronClient, NeutronObject } from '@virtfn/contract/neutron-client';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { type Fact, formatFacts } from '../../output/index.ts';
import { addEndpointOptions, type EndpointOptions } from '../endpoint-options.ts';
import { NETWORK, PORT, QOS_POLICY } from './kinds.ts';
import { addObjectCommands, attribute, tellObject, textOf, titleOf } from './object-commands.ts';
import { collect, given, isOn, orNull, refuseNothing } from './read-option.ts';

const TYPES = ['direct', 'macvtap', 'direct-physical', 'normal'] as const;

interface CreateOptions extends EndpointOptions {
  readonly network: string;
  readonly type: (typeof TYPES)[number];
  readonly host?: string;
  readonly mac?: string;
  readonly fixedIp?: readonly string[];
  readonly qos?: string;
  readonly trusted?: boolean;
  readonly portSecurity: boolean;
  readonly device?: string;
}

interface SetOptions extends EndpointOptions {
  readonly name?: string;
  readonly mac?: string;
  readonly fixedIp?: readonly string[];
  readonly qos?: string;
  readonly trusted?: 'on' | 'off';
  readonly portSecurity?: 'on' | 'off';
  readonly admin?: 'up' | 'down';
  readonly device?: string;
}

const FIXED_IP = 'address of one of the network’s subnets; may be repeated';

export function addPortCommands(parent: Command, context: CommandContext): void {
  addObjectCommands(parent, context, {
    kind: PORT,
    command: 'port',
    word: 'port',
    words: 'ports',
    example: 'web-1',
    columns: [
      { title: 'NAME', value: attribute('name') },
      { title: 'STATUS', value: attribute('status') },
      { title: 'TYPE', value: attribute('binding:vnic_type') },
      { title: 'HOST', value: attribute('binding:host_id') },
      { title: 'MAC', value: attribute('mac_address') },
      { title: 'ADDRESSES', value: addressesOf },
      { title: 'ID', value: attribute('id') },
    ],
    facts: async (port, client, endpoint) => [
      ...(await factsOf(port, client)),
      ...attachmentFacts(await attachmentOf(port.id, endpoint, context)),
    ],
  });
  addCreate(parent, context);
  addSet(parent, context);
  addBind(parent, context);
  addUnbind(parent, context);
}

function addCreate(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('create'), context)
    .argument('[name]', 'its name')
    .description('Make a port; with --host it gets a VF there at once')
    .requiredOption('--network <network>', 'name or id')
    .addOption(new Option('--type <type>', 'direct: a VF for the guest').choices(TYPES).default('direct'))
    .option('--host <host>', 'bind it to this host')
    .option('--mac <address>', 'MAC address; a new one, if left out')
    .option('--fixed-ip <address>', FIXED_IP, collect)
    .option('--qos <policy>', 'QoS policy, name or id')
    .option('--trusted', 'the guest may change its MAC filters and go promiscuous (administrators)')
    .option('--no-port-security', 'it may send from any MAC')
    .option('--device <id>', 'the virtual machine that uses it')
    .addHelpText('after', '\nExample:\n  virtfn port create web-1 --network blue --host compute1')
    .action(async (name: string | undefined, options: CreateOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const { id: network } = await client.find(NETWORK, options.network);
      const policy = options.qos === undefined ? undefined : await client.find(QOS_POLICY, options.qos);
      const port = await client.create(
        PORT,
        given({
          name,
          network_id: network,
          'binding:vnic_type': options.type,
          'binding:host_id': options.host,
          mac_address: options.mac,
          fixed_ips: options.fixedIp?.map((address) => ({ ip_address: address })),
          qos_policy_id: policy?.id,
          'binding:profile': options.trusted === true ? { trusted: 'true' } : undefined,
          port_security_enabled: options.portSecurity ? undefined : false,
          device_id: options.device,
        }),
      );
      await tellBound(context, port, options, 'Made port');
    });
}

function addSet(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('set'), context)
    .argument('<port>', 'name or id')
    .description('Change a port; what its VF has follows')
    .option('--name <name>', 'its new name')
    .option('--mac <address>', 'MAC address (administrators; of a port that is not bound)')
    .option('--fixed-ip <address>', FIXED_IP, collect)
    .option('--qos <policy>', 'QoS policy, name or id, or none')
    .addOption(new Option('--trusted <on|off>', 'trust of its VF (administrators)').choices(['on', 'off']))
    .addOption(new Option('--port-security <on|off>', 'the card’s spoof check').choices(['on', 'off']))
    .addOption(new Option('--admin <up|down>', 'whether its link is on').choices(['up', 'down']))
    .option('--device <id>', 'the virtual machine that uses it, or none')
    .addHelpText('after', '\nExample:\n  virtfn port set web-1 --qos gold')
    .action(async (nameOrId: string, options: SetOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const { name, mac, fixedIp, qos, trusted, portSecurity, admin, device } = options;
      const port = await client.find(PORT, nameOrId);
      const policy = qos === undefined ? undefined : orNull(qos);
      const values = given({
        name,
        mac_address: mac,
        fixed_ips: fixedIp?.map((address) => ({ ip_address: address })),
        qos_policy_id: typeof policy === 'string' ? (await client.find(QOS_POLICY, policy)).id : policy,
        'binding:profile':
          trusted === undefined ? undefined : { ...profileOf(port), trusted: String(isOn(trusted)) },
        port_security_enabled: portSecurity === undefined ? undefined : isOn(portSecurity),
        admin_state_up: admin === undefined ? undefined : admin === 'up',
        device_id: device === undefined ? undefined : (orNull(device) ?? ''),
      });
      refuseNothing(values, 'port set');
      const changed = await client.update(PORT, port.id, values);
      tellObject(context, PORT, changed, { isJson: options.json === true, what: 'Changed port' });
    });
}

function addBind(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('bind'), context)
    .argument('<port>', 'name or id')
    .description('Give a port a VF of a host')
    .option('--host <host>', 'this host; whichever has one, if left out')
    .option('--pci-slot <address>', 'this VF of the host, by its PCI address; any that fits, if left out')
    .addHelpText(
      'after',
      '\nExample:\n  virtfn port bind web-1\n  virtfn port bind web-1 --host compute1 --pci-slot 0000:82:10.2',
    )
    .action(
      async (
        nameOrId: string,
        options: EndpointOptions & { readonly host?: string; readonly pciSlot?: string },
      ) => {
        const client = context.connectNeutron(options.endpoint);
        const { id } = await client.find(PORT, nameOrId);
        if (options.host === undefined) {
          if (options.pciSlot !== undefined) throw refusePciSlot(nameOrId, options.pciSlot);
          const { hostId: host } = await context
            .connect(options.endpoint)
            .call('placePort', { portId: id }, { hostId: null });
          await tellBound(context, await client.find(PORT, id), { ...options, host }, 'Bound port');
          return;
        }
        const port = await client.update(
          PORT,
          id,
          given({
            'binding:host_id': options.host,
            'binding:profile': options.pciSlot === undefined ? undefined : { pci_slot: options.pciSlot },
          }),
        );
        await tellBound(context, port, options, 'Bound port');
      },
    );
}

function refusePciSlot(port: string, slot: string): SriovError {
  return new SriovError(
    'REQUEST_INVALID',
    `Cannot bind port "${port}" to VF ${slot}: nobody said of which host`,
    { hint: 'Hosts have functions of the same address: give --host, too' },
  );
}

function addUnbind(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('unbind'), context)
    .argument('<port>', 'name or id')
    .description('Take a port’s VF back: it is closed, and free for another port')
    .addHelpText('after', '\nExample:\n  virtfn port unbind web-1')
    .action(async (nameOrId: string, options: EndpointOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const { id } = await client.find(PORT, nameOrId);
      const port = await client.update(PORT, id, { 'binding:host_id': '', 'binding:profile': {} });
      tellObject(context, PORT, port, { isJson: options.json === true, what: 'Took back the VF of port' });
    });
}

/** A port that was to get a VF, and whether it did: a binding that failed is a failure, and says why. */
async function tellBound(
  context: CommandContext,
  port: NeutronObject,
  options: EndpointOptions & { readonly host?: string },
  what: string,
): Promise<void> {
  const { terminal } = context;
  const isJson = options.json === true;
  tellObject(context, PORT, port, { isJson, what });
  const hasFailed = port['binding:vif_type'] === 'binding_failed';
  if (hasFailed) context.exitWith(1);
  if (isJson || options.host === undefined) return;
  if (hasFailed) {
    terminal.err(
      `It got no VF of host ${options.host}.\n\`virtfn port explain ${port.id} --host ${options.host}\` says why.`,
    );
  } else terminal.out(formatFacts(bindingFacts(port), terminal));
}

/** null: there is none, or it is not for who asks. @throws {SriovError} */
async function attachmentOf(
  portId: string,
  endpoint: string,
  { connect }: CommandContext,
): Promise<AttachmentDocument | null> {
  try {
    const answer = await connect(endpoint).call('listAttachments', {}, null, { port: portId });
    return answer.attachments[0] ?? null;
  } catch (error) {
    if (isSriovError(error, 'ROLE_MISSING')) return null;
    throw error;
  }
}

async function factsOf(port: NeutronObject, client: NeutronClient): Promise<readonly Fact[]> {
  const network = await client.find(NETWORK, String(port['network_id']));
  return [
    ['name', attribute('name')(port)],
    ['id', port.id],
    ['project', attribute('project_id')(port)],
    ['network', titleOf(network)],
    ['status', attribute('status')(port)],
    ['admin state', port['admin_state_up'] === true ? 'up' : 'down'],
    ['MAC', attribute('mac_address')(port)],
    ['addresses', addressesOf(port)],
    ['port security', attribute('port_security_enabled')(port)],
    ['QoS policy', attribute('qos_policy_id')(port)],
    ['device', attribute('device_id')(port)],
    ...bindingFacts(port),
  ];
}

function bindingFacts(port: NeutronObject): readonly Fact[] {
  const details = (port['binding:vif_details'] ?? {}) as Readonly<Record<string, unknown>>;
  return [
    ['type', attribute('binding:vnic_type')(port)],
    ['host', attribute('binding:host_id')(port)],
    ['bound as', attribute('binding:vif_type')(port)],
    ['PCI address', textOf(profileOf(port)['pci_slot'])],
    ['VLAN', textOf(details['vlan'])],
  ];
}

function attachmentFacts(attachment: AttachmentDocument | null): readonly Fact[] {
  if (attachment === null) return [];
  const { vfIndex, pf, state, reason, settings } = attachment;
  return [
    ['VF', vfIndex === null ? `the whole PF ${pf}` : `${vfIndex} of PF ${pf}`],
    ['VF is', state],
    ...(reason === null
      ? []
      : ([
          ['because', `${reason.message} (${reason.code})`],
          ['what to do', reason.hint],
        ] as const)),
    ...(settings === null ? [] : ([['VF has', settingsOf(settings as VfSettings)]] as const)),
  ];
}

/** What was read back from the kernel. */
function settingsOf({ adminMac, vlan, spoofCheck, trust, linkState, ...rates }: VfSettings): string {
  const { minTxRateMbps, maxTxRateMbps } = rates;
  return [
    `MAC ${adminMac ?? 'none'}`,
    `VLAN ${vlan === null ? 'none' : vlan.id}`,
    `spoof check ${onOff(spoofCheck)}`,
    `trust ${onOff(trust)}`,
    `link ${linkState}`,
    ...(minTxRateMbps === null ? [] : [`at least ${minTxRateMbps} Mbit/s`]),
    ...(maxTxRateMbps === null ? [] : [`at most ${maxTxRateMbps} Mbit/s`]),
  ].join(', ');
}

const onOff = (isSet: boolean | null): string => (isSet === null ? 'unknown' : isSet ? 'on' : 'off');

function profileOf(port: NeutronObject): Readonly<Record<string, unknown>> {
  return (port['binding:profile'] ?? {}) as Readonly<Record<string, unknown>>;
}

function addressesOf(port: NeutronObject): string {
  const fixed = (port['fixed_ips'] ?? []) as readonly { readonly ip_address: string }[];
  return fixed.length === 0 ? '-' : fixed.map(({ ip_address: address }) => address).join(', ');
}
