import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

interface EnrolOptions {
  readonly token?: string;
  readonly name?: string;
  readonly json?: boolean;
}

export function addAgentEnrol(parent: Command, context: CommandContext): void {
  parent
    .command('enrol')
    .description(
      'Join a fleet: get a certificate from a controller, which then gives VFs of this machine to ports',
    )
    .argument('<url>', "address of the controller's port for agents")
    .option(
      '--token <token>',
      'the one-time token that the controller gave; -: it is on standard input (VIRTFN_ENROL_TOKEN)',
    )
    .option(
      '--name <host>',
      'name of this machine in the fleet, as in binding:host_id; its host name unless given',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  virtfn agent enrol https://controller.example:9697 --token -')
    .action(async (url: string, options: EnrolOptions) => {
      const joined = await context.thisHost.enrol(url, options.token ?? null, options.name ?? null);
      const { terminal } = context;
      if (options.json === true) return terminal.out(JSON.stringify(joined, null, 2));
      terminal.out(
        `Joined the fleet of ${joined.url} as host ${joined.hostId}. A running agent connects by itself; else start it with \`virtfn agent run\`.`,
      );
    });
}
