import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

export function addAgentRun(parent: Command, context: CommandContext): void {
  parent
    .command('run')
    .description('Keep this machine as its host.yaml says, until it is stopped; systemd starts it by this')
    .addHelpText('after', '\nExample:\n  virtfn agent run')
    .action(() => context.thisHost.runAgent());
}
