import type { Command } from './command.ts';
import { chooseHost } from './command.ts';

export const exec: Command = async (args, options) => {
  const { rest } = options;
  if (rest === null || rest.length === 0) {
    process.stderr.write('Usage: npm run lab -- exec [HOST] -- CMD [ARG…]\n');
    return 2;
  }
  return await runHere(args, options, rest);
};

export const ssh: Command = async (args, options) => {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return await runHere(args, options, ['bash', '-l']);
  // A terminal may not know its size, and says 0.
  const [columns, rows] = [process.stdout.columns || 80, process.stdout.rows || 24];
  // script gives the shell a terminal; its size is that of this one when it starts.
  const shell = `stty rows ${rows} columns ${columns}; exec bash -l`;
  process.stdin.setRawMode(true);
  try {
    return await runHere(args, options, ['script', '-qefc', shell, '/dev/null']);
  } finally {
    process.stdin.setRawMode(false);
  }
};

/** Runs a command with this process's input and output, and ends it with this process. */
async function runHere(
  args: readonly string[],
  options: Parameters<Command>[1],
  argv: readonly string[],
): Promise<number> {
  const { host } = chooseHost(args, options);
  const env = { TERM: process.env['TERM'] ?? 'dumb' };
  const program = await host.start(argv, { env });
  program.onStdout((data) => process.stdout.write(data)).onStderr((data) => process.stderr.write(data));
  options.signal.addEventListener('abort', () => program.kill('SIGTERM'));
  const input = (data: Buffer): void => program.write(data);
  process.stdin.on('data', input).once('end', () => program.write(null));
  try {
    return await program.ended;
  } finally {
    // A paused stdin does not hold this process.
    process.stdin.off('data', input).pause();
    await host.disconnect();
  }
}
