import type { AttachRequest } from '@virtfn/contract/host-program';
import { SriovError } from '@virtfn/model';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { attachFleetPort } from './attach-port.ts';
import { tellOfAttachment } from './attachment-words.ts';
import { wholeNumber } from './read-number.ts';
import { attachHere } from './this-host.ts';

interface AttachOptions {
  readonly network?: string;
  readonly port?: string;
  readonly host?: string;
  readonly endpoint: string;
  readonly wait: number;
  readonly vlan?: number;
  readonly kind?: AttachRequest['kind'];
  readonly scope?: 'live' | 'config' | 'both';
  readonly mac?: string;
  readonly pf?: string;
  readonly vf?: number;
  readonly spoofCheck: 'on' | 'off';
  readonly trust: 'on' | 'off';
  readonly minTxRate?: number;
  readonly maxTxRate?: number;
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What a port of the fleet has of its own, or the controller decides. */
const OWN_OPTIONS = [
  'network',
  'vlan',
  'mac',
  'pf',
  'vf',
  'spoofCheck',
  'trust',
  'minTxRate',
  'maxTxRate',
  'config',
  'dryRun',
];

const MOST_MBPS = 1_000_000;

export function addAttach(parent: Command, context: CommandContext): void {
  parent
    .command('attach')
    .description(
      'Give a virtual machine a port: choose a VF, set it up, plug it, read it back. On this host, or by the controller a port of the fleet',
    )
    .argument('<vm>', 'name or UUID, as `virtfn vm list` shows it')
    .option('--network <name>', 'of this host: physical network, as host.yaml names it for a PF')
    .addOption(
      new Option('--port <port>', 'of the fleet: a port of the controller, name or id').conflicts(
        OWN_OPTIONS,
      ),
    )
    .addOption(
      new Option('--host <host>', 'with --port: where the machine is, if its host has not told').conflicts(
        'network',
      ),
    )
    .addOption(
      new Option('--wait <seconds>', 'with --port: how long to wait until it is plugged')
        .argParser(wholeNumber(0, 3600))
        .default(30)
        .conflicts('network'),
    )
    .option('--vlan <id>', 'VLAN id from 1 to 4094; untagged without', wholeNumber(1, 4094))
    .addOption(
      new Option(
        '--kind <kind>',
        'how the machine gets it (default: direct; with --port as the type of the port says)',
      ).choices(['direct', 'macvtap', 'direct-physical', 'normal', 'failover']),
    )
    .addOption(
      new Option(
        '--scope <scope>',
        'live: while it runs; config: from its next start; both: as long as it is defined (default)',
      ).choices(['live', 'config', 'both']),
    )
    .option('--mac <address>', 'MAC address; a new one without')
    .option('--pf <pf>', 'interface or PCI address of the PF; the one with most free VFs without')
    .option('--vf <number>', 'number of the VF; the first that is free without', wholeNumber(0, 65_535))
    .addOption(
      new Option('--spoof-check <on|off>', 'drop frames whose sender is not the port')
        .choices(['on', 'off'])
        .default('on'),
    )
    .addOption(
      new Option('--trust <on|off>', 'let the guest change MAC filters and go promiscuous')
        .choices(['on', 'off'])
        .default('off'),
    )
    .option('--min-tx-rate <mbps>', 'Mbit/s that it gets at least', wholeNumber(1, MOST_MBPS))
    .option('--max-tx-rate <mbps>', 'Mbit/s that it cannot pass', wholeNumber(1, MOST_MBPS))
    .option('--config <file>', 'another file than /etc/virtfn/host.yaml')
    .option('--dry-run', 'show what would be done and change nothing')
    .option(
      '--endpoint <url>',
      'with --port: address of the controller (VIRTFN_ENDPOINT)',
      context.defaultEndpoint,
    )
    .option('--json', 'print JSON')
    .addHelpText('after', KINDS)
    .action(async (vm: string, options: AttachOptions) => {
      const { port, network } = options;
      if (port !== undefined) return attachFleetPort(vm, { ...options, port }, context);
      if (network === undefined) {
        throw new SriovError(
          'REQUEST_INVALID',
          'Cannot attach anything: neither --network nor --port is given',
          {
            hint: 'Give --network for a port of this host alone, or --port for one of the fleet',
          },
        );
      }
      await tellOfAttachment(options, context, (onStep) =>
        attachHere(requestOf(vm, network, options), context, onStep),
      );
    });
}

const KINDS = `
Kinds:
  direct           the guest drives the VF itself: fastest, and not there while it migrates
  failover         a VF, and a virtio interface with the same MAC that stands by: for guests that migrate
  macvtap          the host drives the VF, the guest has a virtio interface on it
  direct-physical  a whole PF
  normal           a virtio interface on the bridge of host.yaml that is for the network

Example:
  virtfn attach web1 --network physnet1 --vlan 100
  virtfn attach web1 --network physnet1 --kind failover --dry-run
  virtfn attach web1 --port web-1 --kind failover`;

function requestOf(vm: string, network: string, options: AttachOptions): AttachRequest {
  return {
    request: 'attach',
    configFile: options.config ?? null,
    vm,
    kind: options.kind ?? 'direct',
    scope: options.scope ?? null,
    physicalNetwork: network,
    vlanId: options.vlan ?? null,
    mac: options.mac ?? null,
    pf: options.pf ?? null,
    vfIndex: options.vf ?? null,
    spoofCheck: options.spoofCheck === 'on',
    trust: options.trust === 'on',
    minTxRateMbps: options.minTxRate ?? null,
    maxTxRateMbps: options.maxTxRate ?? null,
    dryRun: options.dryRun === true,
  };
}
