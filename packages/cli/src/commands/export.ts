import { observedOfDocument } from '@virtfn/contract/documents';
import { getPfByName } from '@virtfn/model';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { observeThisHost } from './this-host.ts';

/** As the formats are called by `@virtfn/interchange`, which is loaded when one is wanted. */
const FORMATS = ['yaml', 'networkmanager', 'systemd', 'netplan', 'nmstate'] as const;

export function addExport(parent: Command, context: CommandContext): void {
  parent
    .command('export')
    .description('Print what runs on this machine as host.yaml, or in the words of another program')
    .argument('[pf]', 'name of an interface, or PCI address: this PF only')
    .addOption(new Option('--format <format>', 'of which program').choices(FORMATS).default('yaml'))
    .addHelpText(
      'after',
      '\nNotes on what a format cannot say go to standard error.\n\nExample:\n  virtfn export > host.yaml\n  virtfn export ens1f0 --format nmstate',
    )
    .action(async (pf: string | undefined, { format }: { readonly format: (typeof FORMATS)[number] }) => {
      const host = observedOfDocument(await observeThisHost(context));
      const pfs = pf === undefined ? host.pfs : [getPfByName(host, pf)];
      const { exportHost } = await import('@virtfn/interchange');
      const { text, notes } = exportHost({ ...host, pfs }, format);
      context.terminal.out(text.trimEnd());
      for (const note of notes) context.terminal.err(`note: ${note}`);
    });
}
