import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { paint, wrap } from '../output/index.ts';

const STYLE = { info: 'dim', warning: 'yellow', critical: 'red' } as const;

interface DoctorOptions {
  readonly root?: string;
  readonly collect?: string;
  readonly json?: boolean;
}

export function addDoctor(parent: Command, context: CommandContext): void {
  parent
    .command('doctor')
    .description('Say why SR-IOV does not work on this machine, and what to do about it')
    .option('--root <dir>', 'examine the files of another machine below a folder')
    .option(
      '--collect <dir>',
      'copy the files that it looks at to a folder, without secrets, to be examined elsewhere',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit status: 1 when something critical was found.\n\nExample:\n  virtfn doctor\n  virtfn doctor --collect fish && virtfn doctor --root fish',
    )
    .action(async ({ root = '/', ...options }: DoctorOptions) => {
      const { terminal } = context;
      if (options.collect !== undefined) {
        const { files, leftOut } = await context.thisHost.collect(root, options.collect);
        if (options.json === true) return terminal.out(JSON.stringify({ files, leftOut }, null, 2));
        terminal.out(`Copied ${files} files to ${options.collect}`);
        for (const each of leftOut) terminal.out(`  left out: ${each}`);
        return;
      }
      const findings = await context.thisHost.examine(root);
      if (options.json === true) terminal.out(JSON.stringify({ findings }, null, 2));
      else if (findings.length === 0) terminal.out('Nothing found that stands in the way.');
      for (const { severity, title, text, hint } of options.json === true ? [] : findings) {
        const { width } = terminal;
        // What to type stays whole, however long.
        const head = wrap(`${severity}: ${title}`, width, '  ').replace(
          severity,
          paint(terminal, STYLE[severity], severity),
        );
        terminal.out(`${head}\n${wrap(`  ${text}`, width, '  ')}\n  → ${hint}`);
      }
      if (findings.some((finding) => finding.severity === 'critical')) context.exitWith(1);
    });
}
