import type { Command } from 'commander';

export interface GrantOptions {
  readonly role: string;
  readonly project?: string;
}

/** Options that say what somebody may do. */
export function addGrantOptions(command: Command): Command {
  return command
    .option('--role <role>', 'admin, member or reader', 'member')
    .option('--project <id>', 'the project that it is for, if there are several');
}

/** The same options for the controller's program. */
export function grantArguments({ role, project }: GrantOptions): readonly string[] {
  return [`--role=${role}`, ...(project === undefined ? [] : [`--project=${project}`])];
}
