import type { FindingList } from '@virtfn/contract';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { addListOptions, allPages, type ListOptions } from './fleet-list.ts';

type Finding = FindingList['findings'][number];

interface Options extends ListOptions {
  readonly host?: string;
  readonly code?: string;
  readonly severity?: Finding['severity'];
}

const COLUMNS: readonly Column<Finding>[] = [
  { title: 'HOST', value: ({ hostId }) => hostId },
  { title: 'SEVERITY', value: ({ severity }) => severity },
  { title: 'CODE', value: ({ code }) => code },
  { title: 'PF', value: ({ pf }) => pf ?? '-' },
  { title: 'FINDING', value: ({ title, text }) => `${title}. ${text}` },
];

export function addFindingList(parent: Command, context: CommandContext): void {
  addListOptions(parent.command('list'), context)
    .description('What stands out about the hosts of the controller')
    .option('--host <host>', 'of this host only')
    .option('--code <code>', 'of this code only')
    .addOption(new Option('--severity <severity>', 'as bad as this').choices(['info', 'warning', 'critical']))
    .addHelpText('after', '\nExample:\n  virtfn finding list --severity critical')
    .action(async (options: Options) => {
      const { terminal } = context;
      const { host, code, severity } = options;
      const client = context.connect(options.endpoint);
      const filters = {
        ...(host === undefined ? {} : { host }),
        ...(code === undefined ? {} : { code }),
        ...(severity === undefined ? {} : { severity }),
      };
      const findings = await allPages(options, async (page) => {
        const answer = await client.call('listFindings', {}, null, { ...filters, ...page });
        return { rows: answer.findings, next: answer.next };
      });
      if (options.json === true) return terminal.out(JSON.stringify({ findings }, null, 2));
      if (findings.length === 0) return terminal.out('Nothing stands out.');
      terminal.out(formatTitledTable(findings, COLUMNS, terminal));
    });
}
