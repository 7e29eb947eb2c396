import { execFile, type ExecFileException } from 'node:child_process';
import {
  type CallOptions,
  LibvirtError,
  LibvirtOutcomeUnknown,
  LibvirtUnavailable,
} from '../connection/index.ts';

/** How virsh is started. */
export interface VirshProgram {
  /** Of the daemon, as virsh takes it: "qemu:///system". */
  readonly uri: string;
  /** 'virsh', found by PATH, unless told. */
  readonly program?: string;
  /** For each run that names no other limit: 30000 unless told. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
/** More than any list of domains or any XML of libvirt (REMOTE_STRING_MAX, and many of them). */
const MOST_OUTPUT = 64 * 1024 * 1024;

/** English words, whoever runs it. */
export const virshEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C' });

export const virshArguments = (uri: string, command: readonly string[]): string[] => [
  '--connect',
  uri,
  '--quiet',
  ...command,
];

/**
 * Runs one command of virsh and gives its output, without the empty line that virsh puts behind what it prints.
 *
 * @throws {LibvirtError} it failed; why is said in words only
 * @throws {LibvirtOutcomeUnknown} it took too long, or was given up
 * @throws {LibvirtUnavailable} there is no virsh
 */
export function runVirsh(
  { uri, program = 'virsh', timeoutMs: ownLimit = TIMEOUT_MS }: VirshProgram,
  command: readonly [string, ...string[]],
  { timeoutMs = ownLimit, signal }: CallOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const what = `virsh ${command[0]}`;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      virshArguments(uri, command),
      {
        env: virshEnvironment(),
        encoding: 'utf8',
        maxBuffer: MOST_OUTPUT,
        timeout: timeoutMs ?? 0,
        killSignal: 'SIGKILL',
        ...(signal && { signal }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.replace(/\n\n$/, '\n'));
        else reject(failureOf(what, error, { stderr, signal }));
      },
    );
  });
}

function failureOf(
  what: string,
  error: ExecFileException,
  { stderr, signal }: { readonly stderr: string; readonly signal: AbortSignal | undefined },
): Error {
  if (error.code === 'ENOENT' || error.code === 'EACCES')
    return new LibvirtUnavailable('no-program', `virsh cannot be started (${error.code})`, error);
  if (signal?.aborted === true) return new LibvirtOutcomeUnknown(what, 'aborted', signal.reason);
  if (error.killed === true) return new LibvirtOutcomeUnknown(what, 'timeout', error);
  const message = stderr.replaceAll(/^error: /gm, '').trim();
  return new LibvirtError(`run ${what}`, { code: 'unknown', message: message === '' ? null : message });
}
