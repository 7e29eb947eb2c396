import { execFile, type ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';
import { SriovError } from '@virtfn/model';

const run = promisify(execFile);
/** How long a program may take to end that was killed: one that waits inside the kernel does not end at all. */
const END_MS = 1000;

interface RunOptions extends Pick<ExecFileOptions, 'env' | 'maxBuffer'> {
  /** Milliseconds after which it is ended. */
  readonly limitMs: number;
  /** What it reads; nothing unless told. */
  readonly input?: string;
}

/**
 * Runs a program, and does not wait for it any longer than told.
 *
 * @throws what execFile() throws; {SriovError} STEP_TIMEOUT: it was ended before it was done, if it could be
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { limitMs, input = '', ...options }: RunOptions,
): Promise<void> {
  const tooLate = (cause?: unknown): SriovError => {
    const line = [program, ...args].join(' ');
    return new SriovError('STEP_TIMEOUT', `Cannot run ${line}: it has not ended within ${limitMs / 1000} s`, {
      cause,
    });
  };
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate()), limitMs + END_MS);
  try {
    const running = run(program, args, { ...options, timeout: limitMs, killSignal: 'SIGKILL' });
    // One that is not there, or ends at once, does not read; what became of it is told by how it ended.
    running.child.stdin?.on('error', () => {});
    running.child.stdin?.end(input);
    await Promise.race([running, late.promise]);
  } catch (error) {
    throw (error as { readonly killed?: boolean }).killed === true ? tooLate(error) : error;
  } finally {
    clearTimeout(timer);
  }
}
