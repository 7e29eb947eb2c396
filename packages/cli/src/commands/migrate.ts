import type { AttachmentDocument, MigrationDocument } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { paint } from '../output/index.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';
import { secondsBetween } from './migration-times.ts';
import { wholeNumber } from './read-number.ts';

interface Options extends EndpointOptions {
  /** Seconds; false: not at all. */
  readonly wait: number | false;
}

const POLL_MS = 1000;

export function addMigrate(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('migrate'), context)
    .description('Move a running virtual machine with its ports to another host, or leave it where it is')
    .argument('<vm>', 'name or UUID')
    .argument('<host>', 'the host that it goes to')
    .option(
      '--wait <seconds>',
      'how long to wait for the end; it goes on all the same',
      wholeNumber(1, 86_400),
      300,
    )
    .option('--no-wait', 'do not wait for the end')
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 refused or failed, 3 still under way.\n\nExample:\n  virtfn migrate web1 compute2\n  virtfn migrate web1 compute2 --no-wait',
    )
    .action(async (vm: string, to: string, options: Options) => {
      const { terminal } = context;
      const client = context.connect(options.endpoint);
      const say = (line: string): void => {
        if (options.json !== true) terminal.out(line);
      };
      const { attachments } = await client.call('listAttachments', {}, null, { vm });
      for (const attachment of attachments) say(announce(attachment, to));
      let migration: MigrationDocument = await client.call('startMigration', {}, { vm, to });
      say(progressOf(migration));
      const { migrationId } = migration;
      const waitMs = options.wait === false ? 0 : options.wait * 1000;
      for (let waitedMs = 0; migration.endedAt === null && waitedMs < waitMs; waitedMs += POLL_MS) {
        await context.sleep(POLL_MS);
        const { state } = migration;
        migration = await client.call('getMigration', { migrationId }, null);
        if (migration.state !== state) say(progressOf(migration));
      }
      if (options.json === true) terminal.out(JSON.stringify(migration, null, 2));
      tellEnd(migration, options, context);
    });
}

/** What the move means for one port, said before it begins. */
function announce({ portId, vnicType, vm }: AttachmentDocument, to: string): string {
  if (vm?.standby === true)
    return `Port ${portId} (failover) goes on over its standby interface until it has a VF at ${to}`;
  if (vnicType === 'macvtap')
    return `Port ${portId} (macvtap) pauses for a short time when the machine goes on at ${to}`;
  return `Port ${portId} (${vnicType}) has no network from the moment its VF is unplugged until it is plugged at ${to}`;
}

function progressOf({ state, to, ports, vm, domainId, reason }: MigrationDocument): string {
  switch (state) {
    case 'preparing':
      return `preparing  ${ports.length === 1 ? 'a VF is' : `${ports.length} VFs are`} set up at ${to}`;
    case 'moving':
      return `moving     ${vm ?? domainId} is on its way`;
    case 'done':
      return 'done       its ports work there, and its VFs are given back here';
    case 'failed':
      return `failed     ${reason?.message ?? 'nobody says why'}`;
  }
}

function tellEnd(
  migration: MigrationDocument,
  { json }: Options,
  { terminal, exitWith }: CommandContext,
): void {
  const { state, vm, domainId, from, to, startedAt, movingAt, endedAt, reason, migrationId } = migration;
  const name = vm ?? domainId;
  if (state === 'done') {
    if (json === true || endedAt === null) return;
    const onItsWay = movingAt === null ? '' : `, ${secondsBetween(movingAt, endedAt)} of them on its way`;
    terminal.out(
      `${paint(terminal, 'green', 'Moved')} ${name} from ${from} to ${to} in ${secondsBetween(startedAt, endedAt)}${onItsWay}`,
    );
  } else if (state === 'failed') {
    exitWith(1);
    terminal.err(
      `${paint(terminal, 'red', 'error')}: ${name} stays on ${from}${reason === null ? '' : `: ${reason.message} (${reason.code})\n${reason.hint}`}`,
    );
  } else {
    exitWith(3);
    terminal.err(
      `It goes on: \`virtfn migration list\` shows it, \`virtfn migration cancel ${migrationId}\` gives it up`,
    );
  }
}
