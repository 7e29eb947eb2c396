import type { PlanDocument, PlanRequestDocument } from '@virtfn/contract';
import { parsePciAddress, SriovError } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { paint, type Terminal } from '../output/index.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

type PlannedPf = PlanRequestDocument['pfs'][number];

/** @throws {SriovError} PCI_ADDRESS_INVALID, NUM_VFS_INVALID */
function parseSetVfs(text: string): PlannedPf {
  const [pf = '', number = '', ...rest] = text.split('=');
  const address = parsePciAddress(pf);
  if (rest.length > 0 || !/^\d{1,5}$/.test(number)) {
    throw new SriovError(
      'NUM_VFS_INVALID',
      `Cannot read --set-vfs "${text.slice(0, 64)}": write it as 0000:82:00.1=7`,
    );
  }
  return { pf: address, numVfs: Number(number) };
}

const EFFECTS: Readonly<Record<string, string>> = {
  'vf-removed': 'is removed',
  'vf-unbound': 'loses its driver',
  'vf-reset': 'is reset',
  'pf-link-drop': 'loses its link for a moment',
  'eswitch-change': 'changes its eswitch mode',
};

function formatPlan(plan: PlanDocument, terminal: Terminal): string {
  const lines: string[] = [];
  if (plan.steps.length > 0) {
    lines.push(
      paint(terminal, 'bold', 'Steps'),
      ...plan.steps.map((step, index) => `  ${index + 1}. ${step.text}`),
    );
  } else if (plan.refusals.length === 0) lines.push('Nothing to do.');
  if (plan.blastRadius.length > 0) {
    lines.push(paint(terminal, 'bold', 'What this takes away'));
    for (const loss of plan.blastRadius) {
      const what = `${loss.vfIndex === null ? 'PF' : `VF ${loss.vfIndex} of PF`} ${loss.pf} ${EFFECTS[loss.effect] ?? loss.effect}`;
      const nobody = loss.vfIndex === null ? '' : ': nobody uses it';
      const whom =
        loss.owners.length === 0
          ? nobody
          : `: ${paint(terminal, 'red', `from ${loss.owners.join(' and ')}`)}`;
      lines.push(`  ${what}${whom}`);
    }
  }
  for (const refusal of plan.refusals) {
    lines.push(
      `${paint(terminal, 'red', 'Refused')} ${refusal.message} (${refusal.code})`,
      `  ${refusal.hint}`,
    );
  }
  return lines.join('\n');
}

export function addPlan(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('plan'), context)
    .description('Show what a change would do, and to whom. Changes nothing')
    .requiredOption('--host <host>', 'the host to plan for')
    .requiredOption(
      '--set-vfs <pf=n>',
      'number of VFs of a PF; may be given again',
      (text: string, before: readonly PlannedPf[] | undefined) => [...(before ?? []), parseSetVfs(text)],
    )
    .option(
      '--evict <owner>',
      'who may lose a VF, spelled as the plan spells it; may be given again',
      (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
    )
    .addHelpText(
      'after',
      '\nExit status: 0 it can be done, 1 some of it is refused.\n\nExample:\n  virtfn plan --host sim-fish-1 --set-vfs 0000:82:00.1=4',
    )
    .action(
      async (
        options: EndpointOptions & {
          readonly host: string;
          readonly setVfs: PlannedPf[];
          readonly evict?: string[];
        },
      ) => {
        const request: PlanRequestDocument = {
          pfs: options.setVfs,
          ...(options.evict === undefined ? {} : { evict: options.evict }),
        };
        const plan = await context
          .connect(options.endpoint)
          .call('planHost', { hostId: options.host }, request);
        context.terminal.out(
          options.json === true ? JSON.stringify(plan, null, 2) : formatPlan(plan, context.terminal),
        );
        if (plan.refusals.length > 0) context.exitWith(1);
      },
    );
}
