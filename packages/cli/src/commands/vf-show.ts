import { observedOfDocument } from '@virtfn/contract/documents';
import { closedProblems, formatVlan, getPfByName, getVf, type VirtualFunction } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Fact, formatFacts } from '../output/index.ts';
import { observeThisHost } from './this-host.ts';
import { addVfArguments } from './vf-arguments.ts';
import { ownerOf } from './vf-list.ts';

const UNKNOWN = 'the driver does not say';

function factsOf(pf: string, vf: VirtualFunction): readonly Fact[] {
  const { settings } = vf;
  const problems = closedProblems(vf);
  const flag = (isOn: boolean | null): string => (isOn === null ? UNKNOWN : isOn ? 'on' : 'off');
  return [
    ['PF', pf],
    ['PCI address', vf.pciAddress],
    ['driver', vf.driver ?? 'none'],
    ['interface', vf.netdevName ?? 'none'],
    ['MAC by the PF', settings?.adminMac ?? 'none'],
    ['MAC in the VF', vf.effectiveMac ?? 'not seen'],
    ['MTU', vf.mtu === null ? 'not seen' : String(vf.mtu)],
    ['VLAN', settings?.vlan ? formatVlan(settings.vlan) : 'none'],
    ['spoof check', flag(settings?.spoofCheck ?? null)],
    ['trust', flag(settings?.trust ?? null)],
    ['link state', settings?.linkState ?? UNKNOWN],
    ['rate at least', settings?.minTxRateMbps ? `${settings.minTxRateMbps} Mbit/s` : 'none'],
    ['rate at most', settings?.maxTxRateMbps ? `${settings.maxTxRateMbps} Mbit/s` : 'none'],
    ['representor', vf.vfRepresentor ?? 'none'],
    ['IOMMU group', vf.iommuGroup === null ? 'none: it cannot be given to a guest' : String(vf.iommuGroup)],
    ['owner', ownerOf(vf) === '-' ? 'nobody' : ownerOf(vf)],
    ['closed', problems.length === 0 ? 'yes' : `no: ${problems.join(', ')}`],
  ];
}

export function addVfShow(parent: Command, context: CommandContext): void {
  addVfArguments(parent.command('show'))
    .description('All that this machine knows of one VF')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  virtfn vf show ens1f0 3')
    .action(async (name: string, vfIndex: number, options: { readonly json?: boolean }) => {
      const pf = getPfByName(observedOfDocument(await observeThisHost(context)), name);
      const vf = getVf(pf, vfIndex);
      const title = `${pf.netdevName ?? '-'} (${pf.pciAddress})`;
      context.terminal.out(
        options.json === true
          ? JSON.stringify({ pf: pf.pciAddress, ...vf }, null, 2)
          : formatFacts(factsOf(title, vf), context.terminal),
      );
    });
}
