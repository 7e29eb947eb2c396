import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What one command of the client came to. */
export interface Ran {
  readonly command: readonly string[];
  /** Its exit status. */
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** Debian's Python, which has Debian's client: loading that once for all commands takes a second, and not one for each. */
const PYTHON = '/usr/bin/python3';
const DRIVER = `
import contextlib, io, json, sys
from openstackclient import shell
ran = []
for command in json.load(sys.stdin):
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            status = shell.OpenStackShell().run(sys.argv[1:] + command)
        except SystemExit as end:
            status = end.code
    ran.append({"command": command, "status": status, "out": out.getvalue(), "error": error.getvalue()})
json.dump(ran, sys.stdout)
`;

/** Runs commands of the stock client one after the other, with nothing of this machine's own configuration. */
export async function runStockClient(
  options: readonly string[],
  commands: readonly (readonly string[])[],
): Promise<readonly Ran[]> {
  const child = spawn(PYTHON, ['-c', DRIVER, ...options], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(commands));
  const [out] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  // Printed by the driver above.
  return JSON.parse(out) as readonly Ran[];
}
