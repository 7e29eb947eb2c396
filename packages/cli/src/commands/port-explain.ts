import type { PortExplanation } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { PORT } from './neutron/index.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

interface Options extends EndpointOptions {
  readonly host?: string;
}

export function addPortExplain(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('explain'), context)
    .argument('<port>', 'name or id')
    .description('Which VF a port would get, or why each host refuses it. Changes nothing')
    .option('--host <name>', 'this host only; all by default')
    .addHelpText('after', '\nExample:\n  virtfn port explain web-1 --host compute1')
    .action(async (nameOrId: string, options: Options) => {
      const { id: portId } = await context.connectNeutron(options.endpoint).find(PORT, nameOrId);
      const answer = await context
        .connect(options.endpoint)
        .call('explainPort', { portId }, { hostId: options.host ?? null });
      const { terminal } = context;
      terminal.out(options.json === true ? JSON.stringify(answer, null, 2) : explain(answer));
    });
}

function explain(answer: PortExplanation): string {
  return `${explainVf(answer)}\nSecurity: ${answer.security.text}`;
}

function explainVf({ chosen, obstacle, hosts }: PortExplanation): string {
  if (chosen !== null) {
    const what = chosen.vfIndex === null ? 'the whole PF' : `VF ${chosen.vfIndex} of PF`;
    return `It would get ${what} ${chosen.pf} of host ${chosen.hostId} (${chosen.pciAddress})`;
  }
  if (obstacle !== null) return `It gets no VF: ${obstacle}`;
  return [
    'It gets no VF:',
    ...hosts.flatMap(({ hostId, reasons }) => [
      `  ${hostId}`,
      ...reasons.map((reason) => `    ${reason.words}`),
    ]),
  ].join('\n');
}
