import type { Command } from 'commander';

export interface ConfigOptions {
  readonly config?: string;
  readonly evict?: readonly string[];
}

/** Options of commands that plan for this machine. */
export function addConfigOptions(command: Command): Command {
  return command
    .option('--config <file>', 'another file than /etc/virtfn/host.yaml')
    .option(
      '--evict <owner>',
      'who may lose a VF, spelled as the plan spells it; may be given again',
      (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
    );
}
