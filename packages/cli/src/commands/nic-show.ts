import type { HostDocument } from '@virtfn/contract';
import { observedOfDocument } from '@virtfn/contract/documents';
import { effectiveCapability, getPfByName, maxVfsOf, type PhysicalFunction } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Fact, formatFacts } from '../output/index.ts';
import { observeThisHost } from './this-host.ts';
import { formatVfs } from './vf-list.ts';

const ANSWERS = { yes: 'yes', no: 'no', probe: 'not known, it is tried' } as const;

function linkOf(pf: PhysicalFunction): string {
  if (!pf.adminUp) return 'down';
  if (!pf.carrier) return 'up, no carrier';
  return pf.linkMbps === null ? 'up' : `up, ${pf.linkMbps} Mbit/s`;
}

function factsOf(pf: PhysicalFunction, networks: readonly string[]): readonly Fact[] {
  const { attributes } = effectiveCapability(pf, pf.eswitchMode);
  return [
    ['card', `${pf.vendorName} ${pf.productName} [${pf.vendorId}:${pf.productId}]`],
    ['PCI address', pf.pciAddress],
    ['interface', pf.netdevName ?? 'none'],
    ['MAC', pf.mac ?? 'not seen'],
    ['driver', pf.driver ?? 'none'],
    ['firmware', pf.firmware ?? 'not seen'],
    ['serial', pf.serial ?? 'not seen'],
    ['link', linkOf(pf)],
    ['MTU', pf.mtu === null ? 'not seen' : String(pf.mtu)],
    ['NUMA node', pf.numaNode === null ? 'none' : String(pf.numaNode)],
    ['IOMMU group', pf.iommuGroup === null ? 'none' : String(pf.iommuGroup)],
    ['eswitch mode', pf.eswitchMode ?? 'legacy, without choice'],
    ['physical networks', networks.length === 0 ? 'none' : networks.join(', ')],
    ['default route', pf.carriesDefaultRoute ? 'yes: it carries the host’s own traffic' : 'no'],
    ['reached by VFs', ['its own MAC', ...pf.fdb].join(', ')],
    ['VFs', `${pf.numVfs} of ${maxVfsOf(pf)}`],
    ...Object.entries(attributes).map(([attribute, answer]): Fact => [`can ${attribute}`, ANSWERS[answer]]),
  ];
}

export function addNicShow(parent: Command, context: CommandContext): void {
  parent
    .command('show')
    .description('All that this machine knows of one PF: card, link, what its driver can, VFs')
    .argument('<pf>', 'name of its interface, or PCI address')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  virtfn nic show ens1f0')
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const host: HostDocument = await observeThisHost(context);
      const pf = getPfByName(observedOfDocument(host), name);
      const { terminal } = context;
      if (options.json === true) return terminal.out(JSON.stringify(pf, null, 2));
      terminal.out(formatFacts(factsOf(pf, host.physicalNetworks[pf.pciAddress] ?? []), terminal));
      if (pf.numVfs > 0) terminal.out(`\n${formatVfs(host, pf.pciAddress, context)}`);
    });
}
