import type { DetachRequest } from '@virtfn/contract/host-program';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { tellOfAttachment } from './attachment-words.ts';
import { wholeNumber } from './read-number.ts';
import { detachHere } from './this-host.ts';

interface DetachOptions {
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
      'Take a port out of a virtual machine of this host, and close its VF once the guest has let go',
    )
    .argument('<vm>', 'name or UUID')
    .argument('[attachment]', 'its id, or the MAC of the port; may be left out when there is one only')
    .option(
      '--force',
      'cut the VF off at the card at once, whatever the guest says; it is free once the guest lets go or the machine stops',
    )
    .option('--wait <seconds>', 'how long to wait for the guest', wholeNumber(0, 3600), 30)
    .option('--config <file>', 'another file than /etc/virtfn/host.yaml')
    .option('--dry-run', 'show what would be done and change nothing')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  virtfn detach web1\n  virtfn detach web1 52:54:00:12:34:56 --force')
    .action(async (vm: string, attachment: string | undefined, options: DetachOptions) => {
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
