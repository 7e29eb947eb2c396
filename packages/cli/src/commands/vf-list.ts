import type { HostDocument } from '@virtfn/contract';
import { observedOfDocument } from '@virtfn/contract/documents';
import { describeVfUser, formatVlan, getPfByName, type VirtualFunction } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { observeThisHost } from './this-host.ts';
import { addFleetVfOptions, type FleetVfOptions, isOfFleet, listFleetVfs } from './vf-list-fleet.ts';

interface Row {
  readonly pf: string;
  readonly vf: VirtualFunction;
}

const onOff = (isOn: boolean | null | undefined): string =>
  isOn === null || isOn === undefined ? '-' : isOn ? 'on' : 'off';

function rates({ settings }: VirtualFunction): string {
  const { minTxRateMbps: min = null, maxTxRateMbps: max = null } = settings ?? {};
  return min === null && max === null ? '-' : `${min ?? 0}-${max ?? '∞'}`;
}

/** Whoever has it, or how it stands. */
export function ownerOf(vf: VirtualFunction): string {
  const users = vf.users.map(describeVfUser);
  if (vf.attachmentId !== null) return [vf.attachmentId, ...users].join(', ');
  return users.length === 0 ? '-' : users.join(', ');
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'PF', value: ({ pf }) => pf },
  { title: 'VF', value: ({ vf }) => String(vf.vfIndex), align: 'right' },
  { title: 'PCI ADDRESS', value: ({ vf }) => vf.pciAddress },
  { title: 'DRIVER', value: ({ vf }) => vf.driver ?? '-' },
  { title: 'NETDEV', value: ({ vf }) => vf.netdevName ?? '-' },
  { title: 'MAC', value: ({ vf }) => vf.settings?.adminMac ?? vf.effectiveMac ?? '-' },
  { title: 'VLAN', value: ({ vf }) => (vf.settings?.vlan ? formatVlan(vf.settings.vlan) : '-') },
  { title: 'SPOOF', value: ({ vf }) => onOff(vf.settings?.spoofCheck) },
  { title: 'TRUST', value: ({ vf }) => onOff(vf.settings?.trust) },
  { title: 'LINK', value: ({ vf }) => vf.settings?.linkState ?? '-' },
  { title: 'MBIT/S', value: ({ vf }) => rates(vf) },
  { title: 'OWNER', value: ({ vf }) => ownerOf(vf) },
];

/** VFs of some PFs as a table. */
export function formatVfs(host: HostDocument, pf: string | undefined, context: CommandContext): string {
  const { terminal } = context;
  const observed = observedOfDocument(host);
  const pfs = pf === undefined ? observed.pfs : [getPfByName(observed, pf)];
  const rows = pfs.flatMap((each) =>
    each.vfs.map((vf): Row => ({ pf: each.netdevName ?? each.pciAddress, vf })),
  );
  if (rows.length === 0) return 'No VFs are enabled.';
  return formatTitledTable(rows, COLUMNS, terminal);
}

export function addVfList(parent: Command, context: CommandContext): void {
  addFleetVfOptions(parent.command('list'), context)
    .description('VFs with what their PF holds for them, and who has them: of this machine, or of a fleet')
    .argument('[pf]', 'name of an interface (of this machine), or PCI address: its VFs only')
    .addHelpText('after', '\nExample:\n  virtfn vf list ens1f0\n  virtfn vf list --fleet --state free')
    .action(async (pf: string | undefined, options: FleetVfOptions) => {
      if (isOfFleet(options, context)) return listFleetVfs(pf, options, context);
      const host = await observeThisHost(context);
      if (options.json !== true) return context.terminal.out(formatVfs(host, pf, context));
      const observed = observedOfDocument(host);
      const pfs = pf === undefined ? observed.pfs : [getPfByName(observed, pf)];
      const vfs = pfs.flatMap((each) => each.vfs.map((vf) => ({ pf: each.pciAddress, ...vf })));
      context.terminal.out(JSON.stringify({ vfs }, null, 2));
    });
}
