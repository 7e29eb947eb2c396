import type { PortExplanation } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

interface Options extends EndpointOptions {
  readonly host?: string;
}

export function addPortExplain(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('explain <port-id>'), context)
    .description('Which VF a port would get, or why each host refuses it. Changes nothing')
    .option('--host <name>', 'this host only; all by default')
    .addHelpText(
      'after',
      '\nExample:\n  virtfn port explain 953c7b2e-a393-40d7-af9a-4f7339b254ad --host compute1',
    )
    .action(async (portId: string, options: Options) => {
      const answer = await context
        .connect(options.endpoint)
        .call('explainPort', { portId }, { hostId: options.host ?? null });
      const { terminal } = context;
      terminal.out(options.json === true ? JSON.stringify(answer, null, 2) : explain(answer));
    });
}

function explain({ chosen, obstacle, hosts }: PortExplanation): string {
  if (chosen !== null) {
    const what = chosen.vfIndex === null ? 'the whole PF' : `VF ${chosen.vfIndex} of PF`;
    return `It would get ${what} ${chosen.pf} of host ${chosen.hostId} (${chosen.pciAddress})`;
  }
  if (obstacle !== null) return `It gets no VF: ${obstacle}`;
  return [
    'It gets no VF:',
    ...hosts.flatMap(({ hostId, reasons }) => [
      `  ${hostId}`,
      ...reasons.map((reason) => `    ${wordsOf(reason)}`),
    ]),
  ].join('\n');
}

function wordsOf({ pf, vfs, text }: PortExplanation['hosts'][number]['reasons'][number]): string {
  if (pf === null) return text;
  return vfs === null ? `PF ${pf}: ${text}` : `${vfs} VF${vfs === 1 ? '' : 's'} of PF ${pf}: ${text}`;
}
