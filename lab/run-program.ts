import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { LabError } from './lab-error.ts';

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A file that gets everything the program says, after what it already holds. */
  readonly log: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end, in a process group of its own, so that an abort ends what it has started too.
 *
 * @throws {LabError} with the last lines of the log when it fails
 */
export async function runProgram(argv: readonly string[], options: RunOptions): Promise<void> {
  options.signal.throwIfAborted();
  const [file = '', ...args] = argv;
  const log = openSync(options.log, 'a');
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ending = await waitForEnd(child, options.signal);
  options.signal.throwIfAborted();
  if (ending === 0) return;
  const state = ending instanceof Error ? ending.message : `it ended with ${ending}`;
  throw new LabError(`Cannot run ${file}: ${state}\n${lastLines(options.log)}`, {
    hint: `All it said is in ${options.log}`,
  });
}

/** Gives the standard output of a program that is known to be quick. @throws {LabError} when it fails */
export async function readProgram(
  argv: readonly string[],
  options: Omit<RunOptions, 'log'>,
): Promise<string> {
  options.signal.throwIfAborted();
  const [file = '', ...args] = argv;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ending = await waitForEnd(child, options.signal);
  options.signal.throwIfAborted();
  if (ending === 0) return output;
  const state = ending instanceof Error ? ending.message : `it ended with ${ending}: ${errors.trim()}`;
  throw new LabError(`Cannot run ${argv.join(' ')}: ${state}`);
}

/** Waits for the end, and ends the process group when the signal fires: politely, and after 5 s for good. */
function waitForEnd(child: ChildProcess, signal: AbortSignal): Promise<number | NodeJS.Signals | Error> {
  const kill = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, name);
  };
  const abort = (): void => {
    kill('SIGTERM');
    setTimeout(kill, 5_000, 'SIGKILL').unref();
  };
  signal.addEventListener('abort', abort, { once: true });
  return new Promise<number | NodeJS.Signals | Error>((resolve) => {
    child.on('error', resolve);
    child.on('close', (code, by) => resolve(code ?? by ?? new Error('it ended in an unknown way')));
  }).finally(() => signal.removeEventListener('abort', abort));
}

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines
    .slice(-12)
    .map((line) => `  ${line}`)
    .join('\n');
}
