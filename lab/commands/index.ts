// The commands of the lab, one file each. A command prints for people and gives its exit status;
// it must never do what a test could not do through lab.ts.
import { bench } from './bench.ts';
import { exec, ssh } from './exec.ts';
import type { Command } from './command.ts';
import { logs } from './logs.ts';
import { status } from './status.ts';
import { sync } from './sync.ts';
import { down, up } from './up.ts';
import { vm } from './vm.ts';

export type { Command, GlobalOptions } from './command.ts';

/** By the name that is typed. */
export const commands: Readonly<Record<string, Command>> = {
  up,
  down,
  status,
  exec,
  ssh,
  logs,
  sync,
  vm,
  bench,
};
