import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const NOBODY = '65534';
/** What is kept of a service's output, to tell why it failed. */
const MOST_OUTPUT = 64 * 1024;

interface ProgramOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Run as `nobody` where this process is root's: PostgreSQL refuses to run as root. */
  readonly unprivileged?: boolean;
}

/** A program that runs until it is told to stop. */
export interface Service {
  /** The line by which it said that it is ready, matched. */
  readonly ready: RegExpExecArray;
  /** Sends a signal and waits for the end. Idempotent. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Whom an unprivileged service runs as, and its folder shall belong to; null: as this process. */
export const serviceOwner = (): { readonly uid: number; readonly gid: number } | null =>
  process.getuid?.() === 0 ? { uid: Number(NOBODY), gid: Number(NOBODY) } : null;

/**
 * setpriv (util-linux, on every Debian) lowers the rights, and ends the program when this process dies: a test that is
 * killed leaves nothing running.
 */
function commandLine({ program, args, unprivileged }: ProgramOptions): readonly string[] {
  const rights =
    unprivileged === true && serviceOwner() !== null
      ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
      : [];
  return [...rights, '--pdeathsig=QUIT', program, ...args];
}

/** Runs a program to its end. @throws {Error} with its output, when it fails */
export async function runProgram(options: ProgramOptions): Promise<void> {
  await promisify(execFile)('setpriv', commandLine(options), { env: options.env ?? process.env, cwd: '/' });
}

/**
 * Starts a program and waits until it prints a line that matches.
 *
 * @throws {Error} with its output, when it ends before
 */
export async function startService(options: ProgramOptions, isReady: RegExp): Promise<Service> {
  const child = spawn('setpriv', commandLine(options), {
    env: options.env ?? process.env,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let output = '';
  const ready = await new Promise<RegExpExecArray>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-MOST_OUTPUT);
      const match = isReady.exec(output);
      if (match !== null) resolve(match);
    };
    // Read to the end, or a full pipe would stop the service.
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`Cannot start ${options.program}: it ended. ${output}`)));
  });
  return {
    ready,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}
