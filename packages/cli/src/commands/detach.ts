import type { DetachRequest } from '@virtfn/contract/host-program';
import { SriovError } from '@virtfn/model';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { tellOfAttachment } from './attachment-words.ts';
import { detachFleetPort } from './detach-port.ts';
import { wholeNumber } from './read-number.ts';
import { detachHere } from './this-host.ts';

interface DetachOptions {
  readonly port?: string;
  readonly endpoint: string;
  readonly force?: boolean;
  readonly wait: number;
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addDetach(parent: Command, context: CommandContext): void {
  parent
    .command('detach')
    .description(
      'Take a port out of a virtual machine, and close its VF once the guest has let go. On this host, or by the controller a port of the fleet',
    )
    .argument('<vm>', 'name or UUID')
    .argument('[attachment]', 'its id, or the MAC of the port; may be left out when there is one only')
    .addOption(
      new Option('--port <port>', 'of the fleet: a port of the controller, name or id').conflicts([
        'force',
        'wait',
        'config',
        'dryRun',
      ]),
    )
    .option(
      '--force',
      'cut the VF off at the card at once, whatever the guest says; it is free once the guest lets go or the machine stops',
    )
    .option('--wait <seconds>', 'how long to wait for the guest', wholeNumber(0, 3600), 30)
    .option('--config <file>', 'another file than /etc/virtfn/host.yaml')
    .option('--dry-run', 'show what would be done and change nothing')
    .option(
      '--endpoint <url>',
      'with --port: address of the controller (VIRTFN_ENDPOINT)',
      context.defaultEndpoint,
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  virtfn detach web1\n  virtfn detach web1 52:54:00:12:34:56 --force\n  virtfn detach web1 --port web-1',
    )
    .action(async (vm: string, attachment: string | undefined, options: DetachOptions) => {
      const { port } = options;
      if (port !== undefined && attachment !== undefined) {
        throw new SriovError(
          'REQUEST_INVALID',
          'Cannot detach two things: both --port and an attachment are given',
        );
      }
      if (port !== undefined) return detachFleetPort(vm, { ...options, port }, context);
      const request: DetachRequest = {
        request: 'detach',
        configFile: options.config ?? null,
        vm,
        attachment: attachment ?? null,
        force: options.force === true,
        waitSeconds: options.wait,
        dryRun: options.dryRun === true,
      };
      await tellOfAttachment(options, context, (onStep) => detachHere(request, context, onStep));
    });
}
