import type { AttachmentDocument } from '@virtfn/contract';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { addListOptions, allPages, type ListOptions } from './fleet-list.ts';

interface Options extends ListOptions {
  readonly host?: string;
  readonly port?: string;
  readonly vm?: string;
  readonly state?: AttachmentDocument['state'];
}

const COLUMNS: readonly Column<AttachmentDocument>[] = [
  { title: 'HOST', value: ({ hostId }) => hostId },
  { title: 'PF', value: ({ pf }) => pf },
  { title: 'VF', value: ({ vfIndex }) => (vfIndex === null ? 'all' : String(vfIndex)), align: 'right' },
  { title: 'PCI ADDRESS', value: ({ pciAddress }) => pciAddress },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'VM', value: ({ vm }) => vm?.name ?? vm?.domainId ?? '-' },
  { title: 'PORT', value: ({ portId }) => portId },
  { title: 'BECAUSE', value: ({ reason }) => (reason === null ? '-' : `${reason.message} (${reason.code})`) },
];

export function addAttachmentList(parent: Command, context: CommandContext): void {
  addListOptions(parent.command('list'), context)
    .description('VFs that ports have, and how far their hosts have got with them')
    .option('--host <host>', 'of this host only')
    .option('--port <port-id>', 'of this port only')
    .option('--vm <vm>', 'that virtfn plugs into this virtual machine only, name or UUID')
    .addOption(
      new Option('--state <state>', 'that stand so').choices([
        'reserved',
        'wanted',
        'prepared',
        'configured',
        'failed',
        'unknown',
      ]),
    )
    .addHelpText('after', '\nExample:\n  virtfn attachment list --state failed')
    .action(async (options: Options) => {
      const { terminal } = context;
      const { host, port, vm, state } = options;
      const client = context.connect(options.endpoint);
      const filters = {
        ...(host === undefined ? {} : { host }),
        ...(port === undefined ? {} : { port }),
        ...(vm === undefined ? {} : { vm }),
        ...(state === undefined ? {} : { state }),
      };
      const attachments = await allPages(options, async (page) => {
        const answer = await client.call('listAttachments', {}, null, { ...filters, ...page });
        return { rows: answer.attachments, next: answer.next };
      });
      if (options.json === true) return terminal.out(JSON.stringify({ attachments }, null, 2));
      if (attachments.length === 0) return terminal.out('No port has a VF so.');
      terminal.out(formatTitledTable(attachments, COLUMNS, terminal));
    });
}
