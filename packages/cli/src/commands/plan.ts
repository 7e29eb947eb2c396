import type { PlanDocument } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatPlan } from '../output/index.ts';
import { addConfigOptions, type ConfigOptions } from './config-options.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';
import { addFleetChangeOptions, type FleetChangeOptions, fleetChangeOf, planHost } from './fleet-change.ts';
import { changeThisHost } from './this-host.ts';

type PlanOptions = EndpointOptions & ConfigOptions & FleetChangeOptions;

export function addPlan(parent: Command, context: CommandContext): void {
  const command = addConfigOptions(addEndpointOptions(parent.command('plan'), context));
  addFleetChangeOptions(command)
    .description(
      'Show what would be done, and to whom: for the host.yaml of this machine, or for a host of the controller',
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

async function findPlan(options: PlanOptions, context: CommandContext): Promise<PlanDocument> {
  const change = fleetChangeOf(options, 'plan');
  if (change !== null) return planHost(change, options.endpoint, context);
  return (await changeThisHost('plan', options, context)).plan;
}
