import type { Command } from 'commander';

export interface OptionFacts {
  /** `--dry-run`; null where there is a short one only. */
  readonly long: string | null;
  readonly short: string | null;
  /** As the help has it: `--mac <address>`. */
  readonly flags: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

export interface ArgumentFacts {
  readonly name: string;
  readonly description: string;
  readonly isRequired: boolean;
  readonly choices: readonly string[];
}

/** A command as data. */
export interface CommandTree {
  /** `virtfn vf set` */
  readonly path: readonly string[];
  readonly description: string;
  readonly arguments: readonly ArgumentFacts[];
  readonly options: readonly OptionFacts[];
  readonly commands: readonly CommandTree[];
}

export function commandTreeOf(command: Command, above: readonly string[] = []): CommandTree {
  const path = [...above, command.name()];
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
      isRequired: argument.required,
      choices: argument.argChoices ?? [],
    })),
    options: help.visibleOptions(command).map((option) => ({
      long: option.long ?? null,
      short: option.short ?? null,
      flags: option.flags,
      description: option.description,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    })),
    commands: help
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .map((each) => commandTreeOf(each, path)),
  };
}

/** A command and all below it. */
export function allCommands(tree: CommandTree): readonly CommandTree[] {
  return [tree, ...tree.commands.flatMap(allCommands)];
}
