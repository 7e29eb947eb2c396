import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SriovError } from '@virtfn/model';

const run = promisify(execFile);
/** How long a program may take to end that was killed: one that waits inside the kernel does not end at all. */
const END_MS = 1000;

/**
 * Runs a program, and does not wait for it any longer than told.
 *
 * @throws what execFile() throws; {SriovError} STEP_TIMEOUT: it was ended before it was done, if it could be
 */
export async function runProgram(program: string, args: readonly string[], limitMs: number): Promise<void> {
  const tooLate = (cause?: unknown): SriovError => {
    const line = [program, ...args].join(' ');
    return new SriovError('STEP_TIMEOUT', `Cannot run ${line}: it has not ended within ${limitMs / 1000} s`, {
      cause,
    });
  };
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate()), limitMs + END_MS);
  try {
    await Promise.race([run(program, args, { timeout: limitMs, killSignal: 'SIGKILL' }), late.promise]);
  } catch (error) {
    throw (error as { readonly killed?: boolean }).killed === true ? tooLate(error) : error;
  } finally {
    clearTimeout(timer);
  }
}
