import type { AttachRequest } from '@virtfn/contract/host-program';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { tellOfAttachment } from './attachment-words.ts';
import { wholeNumber } from './read-number.ts';
import { attachHere } from './this-host.ts';

interface AttachOptions {
  readonly network: string;
  readonly vlan?: number;
  readonly kind: AttachRequest['kind'];
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

const MOST_MBPS = 1_000_000;

export function addAttach(parent: Command, context: CommandContext): void {
  parent
    .command('attach')
    .description('Give a virtual machine of this host a port: choose a VF, set it up, plug it, read it back')
    .argument('<vm>', 'name or UUID, as `virtfn vm list` shows it')
    .requiredOption('--network <name>', 'physical network, as host.yaml names it for a PF')
    .option('--vlan <id>', 'VLAN id from 1 to 4094; untagged without', wholeNumber(1, 4094))
    .addOption(
      new Option('--kind <kind>', 'how the machine gets it')
        .choices(['direct', 'macvtap', 'direct-physical', 'normal', 'failover'])
        .default('direct'),
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
    .option('--json', 'print JSON')
    .addHelpText('after', KINDS)
    .action(async (vm: string, options: AttachOptions) => {
      await tellOfAttachment(options, context, (onStep) =>
        attachHere(requestOf(vm, options), context, onStep),
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
  virtfn attach web1 --network physnet1 --kind failover --dry-run`;

function requestOf(vm: string, options: AttachOptions): AttachRequest {
  return {
    request: 'attach',
    configFile: options.config ?? null,
    vm,
    kind: options.kind,
    scope: options.scope ?? null,
    physicalNetwork: options.network,
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
