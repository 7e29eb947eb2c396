import { getPfByName, getVf } from '@virtfn/model';
import { observedOfDocument } from '@virtfn/contract/documents';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { observeThisHost } from './this-host.ts';
import { addVfArguments } from './vf-arguments.ts';

export function addVfDumpxml(parent: Command, context: CommandContext): void {
  addVfArguments(parent.command('dumpxml'))
    .description('Print a VF as libvirt’s node device document, as `virsh nodedev-dumpxml` does')
    .addHelpText('after', '\nExample:\n  virtfn vf dumpxml ens1f0 3')
    .action(async (pf: string, vfIndex: number) => {
      const host = observedOfDocument(await observeThisHost(context));
      const { pciAddress } = getVf(getPfByName(host, pf), vfIndex);
      context.terminal.out((await context.thisHost.describeDevice(pciAddress)).trimEnd());
    });
}
