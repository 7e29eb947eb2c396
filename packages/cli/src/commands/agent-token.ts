import { SriovError } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

interface Options extends EndpointOptions {
  readonly host?: string;
  readonly hours: string;
}

export function addAgentToken(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('token'), context)
    .description('Make a one-time token by which a host joins the fleet, and print it, this once')
    .option('--host <name>', 'the only host that may use it; any by default')
    .option('--hours <number>', 'how long it is good, 1 to 720', '24')
    .addHelpText(
      'after',
      '\nExample:\n  virtfn agent token --host compute1\nThen on that host:\n  virtfn agent enrol https://CONTROLLER:9697 --name compute1 --token -',
    )
    .action(async (options: Options) => {
      const { terminal } = context;
      const answer = await context
        .connect(options.endpoint)
        .call('createEnrolmentToken', {}, { hostId: options.host ?? null, expiresInHours: hoursOf(options) });
      if (options.json === true) return terminal.out(JSON.stringify(answer, null, 2));
      terminal.out(answer.token);
      terminal.err(
        `good once, until ${answer.expiresAt.replace(/\.\d+Z$/, 'Z')}, for ${answer.hostId === null ? 'any host' : `host ${answer.hostId}`}`,
      );
    });
}

function hoursOf({ hours }: Options): number {
  const number = Number(hours);
  if (Number.isInteger(number) && number >= 1 && number <= 720) return number;
  throw new SriovError('REQUEST_INVALID', `Cannot make a token for "${hours.slice(0, 40)}" hours`, {
    hint: 'Give --hours a whole number from 1 to 720',
  });
}
