import type { PfList } from '@virtfn/contract';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { addListOptions, allPages, type ListOptions } from './fleet-list.ts';

type Pf = PfList['pfs'][number];

interface Options extends ListOptions {
  readonly host?: string;
  readonly physicalNetwork?: string;
  readonly driver?: string;
  readonly link?: 'up' | 'down';
}

const COLUMNS: readonly Column<Pf>[] = [
  { title: 'HOST', value: ({ hostId, isAlive }) => (isAlive ? hostId : `${hostId} (gone)`) },
  { title: 'PF', value: ({ pf }) => pf.pciAddress },
  { title: 'INTERFACE', value: ({ pf }) => pf.netdevName ?? '-' },
  { title: 'DRIVER', value: ({ pf }) => pf.driver ?? '-' },
  {
    title: 'LINK',
    value: ({ pf }) => (pf.carrier ? (pf.linkMbps === null ? 'up' : `${pf.linkMbps} Mbit/s`) : 'down'),
  },
  { title: 'VFS', value: ({ vfs }) => `${vfs.enabled}/${vfs.possible}`, align: 'right' },
  { title: 'IN USE', value: ({ vfs }) => String(vfs.inUse), align: 'right' },
  { title: 'PHYSICAL NETWORKS', value: ({ physicalNetworks }) => physicalNetworks.join(', ') || '-' },
];

export function addPfList(parent: Command, context: CommandContext): void {
  addListOptions(parent.command('list'), context)
    .description('PFs of all hosts of the controller')
    .option('--host <host>', 'of this host only')
    .option('--physical-network <name>', 'that reach this wire')
    .option('--driver <driver>', 'of this driver')
    .addOption(new Option('--link <state>', 'with a carrier, or without').choices(['up', 'down']))
    .addHelpText('after', '\nExample:\n  virtfn pf list --physical-network physnet1 --link down')
    .action(async (options: Options) => {
      const { terminal } = context;
      const { host, physicalNetwork, driver, link } = options;
      const client = context.connect(options.endpoint);
      const filters = {
        ...(host === undefined ? {} : { host }),
        ...(physicalNetwork === undefined ? {} : { physicalNetwork }),
        ...(driver === undefined ? {} : { driver }),
        ...(link === undefined ? {} : { link }),
      };
      const pfs = await allPages(options, async (page) => {
        const answer = await client.call('listPfs', {}, null, { ...filters, ...page });
        return { rows: answer.pfs, next: answer.next };
      });
      if (options.json === true) return terminal.out(JSON.stringify({ pfs }, null, 2));
      if (pfs.length === 0) return terminal.out('No PF is so.');
      terminal.out(formatTitledTable(pfs, COLUMNS, terminal));
    });
}
