import type { MigrationDocument } from '@virtfn/contract';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { addListOptions, allPages, type ListOptions } from './fleet-list.ts';
import { secondsBetween } from './migration-times.ts';

interface Options extends ListOptions {
  readonly host?: string;
  readonly state?: MigrationDocument['state'];
}

const COLUMNS: readonly Column<MigrationDocument>[] = [
  { title: 'STARTED', value: ({ startedAt }) => startedAt.replace(/\.\d+Z$/, 'Z') },
  { title: 'VM', value: ({ vm, domainId }) => vm ?? domainId },
  { title: 'FROM', value: ({ from }) => from },
  { title: 'TO', value: ({ to }) => to },
  { title: 'STATE', value: ({ state }) => state },
  {
    title: 'TOOK',
    value: ({ startedAt, endedAt }) => (endedAt === null ? '-' : secondsBetween(startedAt, endedAt)),
    align: 'right',
  },
  { title: 'ID', value: ({ migrationId }) => migrationId },
  { title: 'BECAUSE', value: ({ reason }) => (reason === null ? '-' : `${reason.message} (${reason.code})`) },
];

export function addMigrationList(parent: Command, context: CommandContext): void {
  addListOptions(parent.command('list'), context)
    .description('Virtual machines that were moved to another host, or are on their way; the latest first')
    .option('--host <host>', 'from this host or to it')
    .addOption(
      new Option('--state <state>', 'that stand so').choices(['preparing', 'moving', 'done', 'failed']),
    )
    .addHelpText('after', '\nExample:\n  virtfn migration list --state failed')
    .action(async (options: Options) => {
      const { terminal } = context;
      const { host, state } = options;
      const client = context.connect(options.endpoint);
      const filters = { ...(host === undefined ? {} : { host }), ...(state === undefined ? {} : { state }) };
      const rows = await allPages(options, async (page) => {
        const { migrations: found, next } = await client.call('listMigrations', {}, null, {
          ...filters,
          ...page,
        });
        return { rows: found, next };
      });
      const migrations = rows.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
      if (options.json === true) return terminal.out(JSON.stringify({ migrations }, null, 2));
      if (migrations.length === 0) return terminal.out('No virtual machine was moved.');
      terminal.out(formatTitledTable(migrations, COLUMNS, terminal));
    });
}
