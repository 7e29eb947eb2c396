import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { paint } from '../output/index.ts';
import { examineHost } from './this-host.ts';

const STYLE = { info: 'dim', warning: 'yellow', critical: 'red' } as const;

export function addDoctor(parent: Command, context: CommandContext): void {
  parent
    .command('doctor')
    .description('Say why SR-IOV does not work on this machine, and what to do about it')
    .option('--root <dir>', 'examine the files of another machine below a folder')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit status: 1 when something critical was found.\n\nExample:\n  virtfn doctor')
    .action(async (options: { readonly root?: string; readonly json?: boolean }) => {
      const { terminal } = context;
      const findings = await examineHost(options.root, context);
      if (options.json === true) terminal.out(JSON.stringify({ findings }, null, 2));
      else if (findings.length === 0) terminal.out('Nothing found that stands in the way.');
      for (const { severity, title, text, hint } of options.json === true ? [] : findings) {
        terminal.out(`${paint(terminal, STYLE[severity], severity)}: ${title}\n  ${text}\n  → ${hint}`);
      }
      if (findings.some((finding) => finding.severity === 'critical')) context.exitWith(1);
    });
}
