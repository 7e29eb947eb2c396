import type { VfList } from '@virtfn/contract';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { addListOptions, allPages, type ListOptions } from './fleet-list.ts';

type Row = VfList['vfs'][number];

export interface FleetVfOptions extends ListOptions {
  readonly fleet?: boolean;
  readonly host?: string;
  readonly port?: string;
  readonly state?: Row['state'];
  readonly physicalNetwork?: string;
}

/** As the contract has them: its schemas would cost every other command their import. */
const STATES = [
  'free',
  'held',
  'reserved',
  'wanted',
  'prepared',
  'configured',
  'failed',
  'unknown',
] as const satisfies readonly Row['state'][];

/** Options that mean VFs of the controller's hosts. */
export function addFleetVfOptions(command: Command, context: CommandContext): Command {
  return addListOptions(command, context)
    .option('--fleet', 'VFs of all hosts of the controller, and not of this machine')
    .option('--host <host>', 'of this host of the controller')
    .option('--port <port-id>', 'of this port')
    .option('--physical-network <name>', 'that reach this wire')
    .addOption(new Option('--state <state>', 'that stand so').choices(STATES));
}

/** Whether the controller is meant: an option says so that this machine alone knows nothing of. */
export function isOfFleet(
  { fleet, host, port, state, physicalNetwork, endpoint }: FleetVfOptions,
  context: CommandContext,
): boolean {
  const isFiltered = [host, port, state, physicalNetwork].some((option) => option !== undefined);
  return fleet === true || isFiltered || endpoint !== context.defaultEndpoint;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'HOST', value: ({ hostId }) => hostId },
  { title: 'PF', value: ({ pf, pfNetdevName }) => pfNetdevName ?? pf },
  { title: 'VF', value: ({ vf }) => String(vf.vfIndex), align: 'right' },
  { title: 'PCI ADDRESS', value: ({ vf }) => vf.pciAddress },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'MAC', value: ({ vf }) => vf.settings?.adminMac ?? vf.effectiveMac ?? '-' },
  { title: 'VLAN', value: ({ vf }) => String(vf.settings?.vlan?.id ?? '-'), align: 'right' },
  { title: 'PORT', value: ({ portId }) => portId ?? '-' },
];

/** VFs of the fleet. @throws {SriovError} */
export async function listFleetVfs(
  pf: string | undefined,
  options: FleetVfOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const { host, port, state, physicalNetwork } = options;
  const client = context.connect(options.endpoint);
  const filters = {
    ...(pf === undefined ? {} : { pf }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(state === undefined ? {} : { state }),
    ...(physicalNetwork === undefined ? {} : { physicalNetwork }),
  };
  const vfs = await allPages(options, async (page) => {
    const answer = await client.call('listVfs', {}, null, { ...filters, ...page });
    return { rows: answer.vfs, next: answer.next };
  });
  if (options.json === true) return terminal.out(JSON.stringify({ vfs }, null, 2));
  if (vfs.length === 0) return terminal.out('No VF is so.');
  terminal.out(formatTitledTable(vfs, COLUMNS, terminal));
}
