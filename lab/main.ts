// The lab: real Linux hosts with emulated SR-IOV cards on this machine. npm run lab -- up|down|status|exec|ssh|logs|sync|vm|bench
// It reads the command line and prints; what it does is in lab.ts. It must never leave a process or a file behind
// that `lab down` does not find, nor change anything on the machine unless --install says so.

import { parseArgs } from 'node:util';
import { type Command, commands, type GlobalOptions } from './commands/index.ts';
import { LabError } from './lab-error.ts';

const usage = `Usage: npm run lab -- COMMAND [OPTIONS]

  up [TOPOLOGY]              build what is not built, and start: pair (default), single
       --install             install the Debian packages that are missing
  down [--all]               end the lab; nothing in it is kept
  status                     which hosts run
  exec [HOST] -- CMD [ARG…]  run a command in a host, with its output and exit status
  ssh [HOST]                 a shell in a host
  logs [HOST] [--follow]     what the host said on its console
  sync                       bring the code of this checkout into the hosts that run
  vm [HOST] [-- SCRIPT]      start a small virtual machine in a host, unless it runs, and run a script in it
  bench [HOST]               figures of virtfn against the commands of an operator, in a host

  --lab NAME                 which lab, when there are several (default name: its topology)
  HOST                       may be left out when the lab has one host; else it is the first
`;

const separator = process.argv.indexOf('--', 2);
const own = process.argv.slice(2, separator === -1 ? undefined : separator);
const rest = separator === -1 ? null : process.argv.slice(separator + 1);
const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => abort.abort(new LabError(`Ended by ${signal}`)));
}

process.exitCode = await main();

async function main(): Promise<number> {
  const parsed = parse();
  if (parsed === null) {
    process.stderr.write(usage);
    return 2;
  }
  try {
    return await parsed.command(parsed.args, parsed.options);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`${error.message}\n${error.hint === null ? '' : `${error.hint}\n`}`);
    return abort.signal.aborted ? 130 : 1;
  }
}

function parse(): { command: Command; args: readonly string[]; options: GlobalOptions } | null {
  try {
    const { values, positionals } = parseArgs({
      args: own,
      allowPositionals: true,
      options: {
        lab: { type: 'string' },
        install: { type: 'boolean', default: process.env['CI'] === 'true' },
        all: { type: 'boolean', default: false },
        follow: { type: 'boolean', short: 'f', default: false },
      },
    });
    const [name = '', ...args] = positionals;
    const command = commands[name];
    if (command === undefined || args.length > 1) return null;
    return { command, args, options: { ...values, lab: values.lab ?? null, rest, signal: abort.signal } };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n`);
    return null;
  }
}
