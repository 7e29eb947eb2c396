import type { FleetStatusDocument } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fleetStatusOfThisHost } from './this-host.ts';

export function addAgentStatus(parent: Command, context: CommandContext): void {
  parent
    .command('status')
    .description('Which fleet this machine is in, and how the link to its controller is')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit status: 1 when the machine is in a fleet and its agent is not connected.\n\nExample:\n  virtfn agent status',
    )
    .action(async ({ json }: { readonly json?: boolean }) => {
      const fleet = await fleetStatusOfThisHost(context);
      context.terminal.out(json === true ? JSON.stringify({ fleet }, null, 2) : describe(fleet));
      if (fleet.kind === 'member' && fleet.link?.isConnected !== true) context.exitWith(1);
    });
}

function describe(fleet: FleetStatusDocument): string {
  if (fleet.kind === 'no-fleet')
    return 'This machine is in no fleet: its host.yaml is all that is wanted of it.';
  const { url, hostId, certificateEnds, link } = fleet;
  const lines = [
    `controller   ${url}`,
    `host         ${hostId}`,
    `certificate  until ${certificateEnds.slice(0, 10)}, renewed before`,
    `link         ${link === null ? 'no agent runs' : link.isConnected ? 'connected' : 'not connected'}`,
  ];
  if (link !== null) lines.push(`revision     ${link.revision ?? 'none yet: no port is changed'}`);
  if (link !== null && link.problem !== null)
    lines.push(
      `problem      ${link.problem.message} (${link.problem.code})`,
      `             ${link.problem.hint}`,
    );
  return lines.join('\n');
}
