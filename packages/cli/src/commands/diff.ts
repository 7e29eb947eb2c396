import type { DriftDocument } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTable, paint } from '../output/index.ts';
import { compareThisHost } from './this-host.ts';

const COLUMNS: readonly Column<DriftDocument>[] = [
  { title: 'PF', value: ({ pf }) => pf },
  { title: 'VF', value: ({ vfIndex }) => (vfIndex === null ? '-' : String(vfIndex)), align: 'right' },
  { title: 'WHAT', value: ({ field }) => field },
  { title: 'WANTED', value: ({ wanted }) => wanted },
  { title: 'KERNEL SAYS', value: ({ observed }) => observed },
  {
    title: 'CANNOT BE, BECAUSE',
    value: ({ refused }) => (refused === null ? '-' : `${refused.message} (${refused.code})`),
  },
];

export function addDiff(parent: Command, context: CommandContext): void {
  parent
    .command('diff')
    .description('Show where this machine differs from its host.yaml, and what cannot be as it says')
    .option('--config <file>', 'another file than /etc/virtfn/host.yaml')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit status: 0 nothing differs, 1 something does.\n\nExample:\n  virtfn diff')
    .action(async (options: { readonly config?: string; readonly json?: boolean }) => {
      const { terminal } = context;
      const drift = await compareThisHost(options.config, context);
      if (drift.length > 0) context.exitWith(1);
      if (options.json === true) return terminal.out(JSON.stringify({ drift }, null, 2));
      if (drift.length === 0) return terminal.out('Nothing differs: the host is as it shall be.');
      const [head = '', ...lines] = formatTable(drift, COLUMNS, terminal.width).split('\n');
      terminal.out([paint(terminal, 'bold', head), ...lines].join('\n'));
    });
}
