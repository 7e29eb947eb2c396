// The line protocol of the second serial port of a virtual machine, as lab/image/nested/serve-commands speaks it.

/** A command as one line to send. `id` tells its answer from those of others; `limitSeconds` is when it is killed. */
export function formatRequest(id: string, script: string, limitSeconds: number): string {
  // The line feed before it ends what somebody else may have left half way.
  return `\n${id} ${limitSeconds} ${Buffer.from(script).toString('base64')}\n`;
}

/** What came of a command. */
export interface CommandResult {
  /** As a shell gives it: 128 + N for a program ended by signal N. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Finds the answer to a request in all that has been said so far; null while it is not there, or not all of it. */
export function findAnswer(id: string, said: string): CommandResult | null {
  const match = new RegExp(`^${id} (\\d+) =([\\w+/=]*) =([\\w+/=]*)\\r?\\n`, 'm').exec(said);
  if (match === null) return null;
  const [, status, stdout = '', stderr = ''] = match;
  const decode = (text: string): string => Buffer.from(text, 'base64').toString();
  return { status: Number(status), stdout: decode(stdout), stderr: decode(stderr) };
}
