import type { HostDocument } from '@virtfn/contract';
import { observedOfDocument } from '@virtfn/contract/documents';
import { describeVfUser, isSriovError, type PhysicalFunction, type VirtualFunction } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { cut, paint, type Terminal, wrap } from '../output/index.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';
import { observeThisHost } from './this-host.ts';

function link(pf: PhysicalFunction): string {
  if (!pf.adminUp) return 'down';
  if (!pf.carrier) return 'no carrier';
  return pf.linkMbps === null
    ? 'up'
    : pf.linkMbps >= 1000
      ? `${pf.linkMbps / 1000} Gbit/s`
      : `${pf.linkMbps} Mbit/s`;
}

/** Whether nothing can pass: no driver is bound, or the link is disabled. */
function isShut(vf: VirtualFunction): boolean {
  return vf.driver === null || vf.settings?.linkState === 'disable';
}

function vfState(vf: VirtualFunction): string {
  if (isShut(vf) && vf.attachmentId === null && vf.users.length === 0) return 'closed';
  const parts = [vf.netdevName, vf.driver === null ? 'no driver' : vf.driver];
  const { settings } = vf;
  if (settings !== null) {
    if (settings.adminMac !== null) parts.push(settings.adminMac);
    if (settings.vlan !== null) parts.push(`vlan ${settings.vlan.id}`);
    if (settings.spoofCheck === false) parts.push('spoof check off');
    if (settings.trust === true) parts.push('trusted');
    if (settings.linkState !== 'auto') parts.push(`link ${settings.linkState}`);
  }
  if (vf.attachmentId !== null) parts.push(`attachment ${vf.attachmentId}`);
  parts.push(...vf.users.map((user) => `used by ${describeVfUser(user)}`));
  return parts.filter((part) => part !== null).join(', ');
}

/** A host as a tree: what `lspci -nn`, `systool -c net` and `lsmod` told together. */
function formatHost(host: HostDocument, terminal: Terminal): string {
  const { width } = terminal;
  const lines = [
    `${paint(terminal, 'bold', host.hostId)}${host.simulated ? paint(terminal, 'yellow', '  (simulated)') : ''}`,
  ];
  for (const finding of host.findings) {
    const mark = finding.severity === 'info' ? 'note' : finding.severity;
    const text = wrap(`  ${mark}: ${finding.title}. ${finding.text}`, width, '    ');
    lines.push(
      text.replace(mark, paint(terminal, 'yellow', mark)),
      // Whole, however long: it holds what is to be typed.
      `    ${finding.hint}`,
    );
  }
  const { pfs } = observedOfDocument(host);
  for (const [index, pf] of pfs.entries()) {
    const isLastPf = index === pfs.length - 1;
    const networks = host.physicalNetworks[pf.pciAddress] ?? [];
    const facts = [
      `[${pf.vendorId}:${pf.productId}]`,
      `driver ${pf.driver ?? 'none'}`,
      link(pf),
      `VFs ${pf.numVfs} of ${pf.totalVfs}`,
      ...(networks.length === 0 ? [] : [networks.join(', ')]),
      ...(pf.eswitchMode === 'switchdev' ? ['switchdev'] : []),
    ];
    const head = `${isLastPf ? '└─' : '├─'} ${pf.pciAddress}  ${pf.netdevName ?? '-'}`;
    lines.push(cut(`${head}  ${pf.productName} ${facts.join(', ')}`, width));
    for (const vf of pf.vfs) {
      const branch = vf === pf.vfs.at(-1) ? '└─' : '├─';
      const stem = `${isLastPf ? '   ' : '│  '}${branch} VF ${vf.vfIndex}`;
      lines.push(cut(`${stem}  ${vf.pciAddress}  ${vfState(vf)}`, width));
    }
  }
  return lines.join('\n');
}

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
