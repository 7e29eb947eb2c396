import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';

const FORMATS = ['networkmanager', 'systemd', 'netplan', 'nmstate'] as const;

export function addImport(parent: Command, context: CommandContext): void {
  parent
    .command('import')
    .description('Print the host.yaml that wants what a file of another program wants')
    .argument('<file>', 'keyfile of NetworkManager, .link file of systemd, YAML of netplan or nmstate')
    .addOption(
      new Option('--format <format>', 'of which program the file is').choices(FORMATS).makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      '\nNothing is changed; notes go to standard error.\n\nExample:\n  virtfn import --format netplan /etc/netplan/50-sriov.yaml > host.yaml\n  virtfn plan --config host.yaml',
    )
    .action(async (file: string, { format }: { readonly format: (typeof FORMATS)[number] }) => {
      const text = await context.readFile(file);
      const { importConfig } = await import('@virtfn/interchange');
      const { text: hostYaml, notes } = importConfig(text, file, format);
      // A document may want what no host.yaml can say: that is told now, and not by the first plan.
      const { parseHostConfig } = await import('@virtfn/contract/host-config');
      parseHostConfig(hostYaml, `the host.yaml that ${file} comes to`);
      context.terminal.out(hostYaml.trimEnd());
      for (const note of notes) context.terminal.err(`note: ${note}`);
    });
}
