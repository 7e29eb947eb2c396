import type { Command } from 'commander';

export interface ConfigOptions {
  readonly config?: string;
  readonly evict?: readonly string[];
  readonly reloadDriver?: boolean;
}

/** Options of commands that plan for this machine. */
export function addConfigOptions(command: Command): Command {
  return command
    .option('--config <file>', 'another file than /etc/virtfn/host.yaml')
    .option(
      '--evict <owner>',
      'who may lose a VF, spelled as the plan spells it; may be given again',
      (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
    )
    .option('--reload-driver', 'a driver may be loaded anew where its module option sets the number of VFs');
}

export interface ChangeOptions extends ConfigOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Options of commands that change this machine. */
export function addChangeOptions(command: Command): Command {
  return addDryRun(addConfigOptions(command)).option('--json', 'print JSON');
}

export function addDryRun(command: Command): Command {
  return command.option('--dry-run', 'show the plan and change nothing');
}
