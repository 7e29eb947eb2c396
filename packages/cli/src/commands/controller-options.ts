import type { Command } from 'commander';

export interface ControllerOptions {
  readonly config?: string;
  readonly set: readonly string[];
}

/** Options of commands for the machine on which a controller's files are. */
export function addControllerOptions(command: Command): Command {
  return command
    .option('--config <file>', 'another file than /etc/virtfn/controller.yaml (VIRTFN_CONTROLLER_CONFIG)')
    .option(
      '--set <name=value>',
      'a value of the configuration, before the file and the environment; may be given again',
      (text: string, before: readonly string[]) => [...before, text],
      [],
    );
}

/** The same options for the controller's program. */
export function controllerArguments({ config, set }: ControllerOptions): readonly string[] {
  return [...(config === undefined ? [] : [`--config=${config}`]), ...set.map((each) => `--set=${each}`)];
}
