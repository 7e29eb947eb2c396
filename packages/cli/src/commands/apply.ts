import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addConfigOptions, addDryRun, type ChangeOptions } from './config-options.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';
import {
  addFleetChangeOptions,
  applyHost,
  type FleetChange,
  type FleetChangeOptions,
  fleetChangeOf,
  planHost,
} from './fleet-change.ts';
import { CHANGE_EXIT_STATUS, makeChange, tellChange } from './make-change.ts';

type ApplyOptions = ChangeOptions & EndpointOptions & FleetChangeOptions;

export function addApply(parent: Command, context: CommandContext): void {
  const command = addDryRun(addConfigOptions(parent.command('apply')));
  addFleetChangeOptions(addEndpointOptions(command, context))
    .description(
      'Bring this machine to what its host.yaml says, or change the number of VFs of a host of the controller that allows it',
    )
    .addHelpText(
      'after',
      `${CHANGE_EXIT_STATUS}\nExample:\n  virtfn apply --dry-run\n  virtfn apply --evict "attachment a1"\n  virtfn apply --host sim-fish-1 --set-vfs 0000:82:00.1=4`,
    )
    .action((options: ApplyOptions) => {
      const change = fleetChangeOf(options, 'apply');
      return change === null ? makeChange(options, [], context) : changeHost(change, options, context);
    });
}

async function changeHost(
  change: FleetChange,
  options: ApplyOptions,
  context: CommandContext,
): Promise<void> {
  if (options.dryRun === true) {
    const plan = await planHost(change, options.endpoint, context);
    return tellChange({ steps: [], left: plan, config: null }, options, context);
  }
  const { steps, plan } = await applyHost(change, options.endpoint, context);
  tellChange({ steps, left: plan, config: null }, options, context);
}
