import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import {
  type CommandTree,
  commandTreeOf,
  formatBashCompletion,
  formatFishCompletion,
  formatZshCompletion,
} from '../describe/index.ts';

const FORMATS = {
  bash: formatBashCompletion,
  fish: formatFishCompletion,
  zsh: formatZshCompletion,
} as const satisfies Record<string, (tree: CommandTree) => string>;

export function addCompletion(program: Command, { terminal }: CommandContext): void {
  program
    .command('completion')
    .description('Print a script that lets a shell complete commands, options and PFs')
    .addArgument(new Argument('<shell>', 'for which shell').choices(Object.keys(FORMATS)))
    .addHelpText(
      'after',
      '\nExample:\n  virtfn completion bash > /etc/bash_completion.d/virtfn\n  virtfn completion zsh > /usr/share/zsh/site-functions/_virtfn\n  virtfn completion fish > ~/.config/fish/completions/virtfn.fish',
    )
    .action((shell: keyof typeof FORMATS) => terminal.out(FORMATS[shell](commandTreeOf(program)).trimEnd()));
}
