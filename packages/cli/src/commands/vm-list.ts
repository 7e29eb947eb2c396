import type { MachineDocument, MachineInterfaceDocument } from '@virtfn/contract/host-program';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { listMachines } from './this-host.ts';

interface Row {
  readonly machine: MachineDocument;
  /** null: it has none. */
  readonly nic: MachineInterfaceDocument | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'VM', value: ({ machine }) => machine.name },
  { title: 'STATE', value: ({ machine }) => (machine.unread === null ? machine.state : 'not shown') },
  { title: 'KIND', value: ({ nic }) => nic?.kind ?? '-' },
  { title: 'ON', value: ({ nic }) => nic?.source ?? '-' },
  { title: 'MAC', value: ({ nic }) => nic?.mac ?? '-' },
  { title: 'VLAN', value: ({ nic }) => nic?.vlanId?.toString() ?? '-' },
  { title: 'IN', value: ({ nic }) => (nic === null ? '-' : placeOf(nic)) },
  { title: 'ATTACHMENT', value: ({ nic }) => nic?.attachmentId ?? '-' },
];

export function addVmList(parent: Command, context: CommandContext): void {
  parent
    .command('list')
    .description('The virtual machines of this host with their interfaces, as libvirt shows them')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  virtfn vm list')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const machines = await listMachines(context);
      const { terminal } = context;
      const reasons = machines.flatMap(({ unread }) => unread ?? []);
      if (reasons.length > 0) context.exitWith(3);
      if (json === true) return terminal.out(JSON.stringify({ machines }, null, 2));
      if (machines.length === 0) return terminal.out('This host has no virtual machines.');
      const rows = machines.flatMap((machine): readonly Row[] =>
        machine.interfaces.length === 0
          ? [{ machine, nic: null }]
          : machine.interfaces.map((nic) => ({ machine, nic })),
      );
      terminal.out(formatTitledTable(rows, COLUMNS, terminal));
      for (const { message, code, hint } of reasons) terminal.err(`${message} (${code})\n${hint}`);
    });
}

function placeOf({ isLive, isInConfig }: MachineInterfaceDocument): string {
  if (isLive && isInConfig) return 'both';
  return isLive ? 'live' : 'config';
}
