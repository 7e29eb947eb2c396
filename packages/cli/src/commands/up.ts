import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

export function addUp(parent: Command, context: CommandContext): void {
  parent
    .command('up')
    .description(
      'Run controller and agent for this machine in one process, with simulated hosts where it has no SR-IOV card',
    )
    .option('--listen <address>', 'loopback address and port to listen on (VIRTFN_LISTEN)')
    .option('--agent-listen <address>', 'where agents dial, on this machine only (default 127.0.0.1:9697)')
    .option('--state-dir <dir>', 'where state is kept (VIRTFN_STATE_DIR)')
    .option('--simulate', 'add the simulated hosts also where this machine has an SR-IOV card')
    .addHelpText('after', '\nExample:\n  virtfn up --listen 127.0.0.1:9696')
    .action(
      async (options: {
        readonly listen?: string;
        readonly agentListen?: string;
        readonly stateDir?: string;
        readonly simulate?: boolean;
      }) => {
        const args = [
          ...(options.listen === undefined ? [] : [`--listen=${options.listen}`]),
          ...(options.agentListen === undefined ? [] : [`--agent-listen=${options.agentListen}`]),
          ...(options.stateDir === undefined ? [] : [`--state-dir=${options.stateDir}`]),
          ...(options.simulate === true ? ['--simulate'] : []),
        ];
        context.exitWith(await context.runUp(args));
      },
    );
}
