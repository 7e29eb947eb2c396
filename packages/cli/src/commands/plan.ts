import type { PlanDocument, PlanRequestDocument } from '@virtfn/contract';
import { parsePciAddress, SriovError } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatPlan } from '../output/index.ts';
import { addConfigOptions, type ConfigOptions } from './config-options.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';
import { changeThisHost } from './this-host.ts';

type PlannedPf = PlanRequestDocument['pfs'][number];

/** @throws {SriovError} PCI_ADDRESS_INVALID, NUM_VFS_INVALID */
function parseSetVfs(text: string): PlannedPf {
  const [pf = '', number = '', ...rest] = text.split('=');
  const address = parsePciAddress(pf);
  if (rest.length > 0 || !/^\d{1,5}$/.test(number)) {
    throw new SriovError(
      'NUM_VFS_INVALID',
      `Cannot read --set-vfs "${text.slice(0, 64)}": write it as 0000:82:00.1=7`,
    );
  }
  return { pf: address, numVfs: Number(number) };
}

interface PlanOptions extends EndpointOptions, ConfigOptions {
  readonly host?: string;
  readonly setVfs?: readonly PlannedPf[];
}

export function addPlan(parent: Command, context: CommandContext): void {
  addConfigOptions(addEndpointOptions(parent.command('plan'), context))
    .description(
      'Show what would be done, and to whom: for the host.yaml of this machine, or for a host of the controller',
    )
    .option('--host <host>', 'a host of the controller')
    .option(
      '--set-vfs <pf=n>',
      'with --host: number of VFs of a PF; may be given again',
      (text: string, before: readonly PlannedPf[] | undefined) => [...(before ?? []), parseSetVfs(text)],
    )
    .addHelpText(
      'after',
      '\nExit status: 0 it can be done, 1 some of it is refused.\n\nExample:\n  virtfn plan\n  virtfn plan --host sim-fish-1 --set-vfs 0000:82:00.1=4',
    )
    .action(async (options: PlanOptions) => {
      const plan = await findPlan(options, context);
      context.terminal.out(
        options.json === true ? JSON.stringify(plan, null, 2) : formatPlan(plan, context.terminal),
      );
      if (plan.refusals.length > 0) context.exitWith(1);
    });
}

async function findPlan(
  { host, setVfs, evict, endpoint, ...config }: PlanOptions,
  context: CommandContext,
): Promise<PlanDocument> {
  if ((host === undefined) !== (setVfs === undefined)) {
    throw new SriovError('REQUEST_INVALID', 'Cannot plan: --host and --set-vfs go together', {
      hint: 'Without both, the host.yaml of this machine is planned for',
    });
  }
  if (host === undefined || setVfs === undefined)
    return (await changeThisHost('plan', { ...config, ...(evict === undefined ? {} : { evict }) }, context))
      .plan;
  const request: PlanRequestDocument = {
    pfs: [...setVfs],
    ...(evict === undefined ? {} : { evict: [...evict] }),
  };
  return context.connect(endpoint).call('planHost', { hostId: host }, request);
}
