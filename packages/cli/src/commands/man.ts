import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { commandTreeOf, formatManPage } from '../describe/index.ts';

export function addMan(program: Command, { terminal }: CommandContext, version: string): void {
  program
    .command('man')
    .description('Print the man page')
    .addHelpText('after', '\nExample:\n  virtfn man | man -l -')
    .action(() => terminal.out(formatManPage(commandTreeOf(program), version).trimEnd()));
}
