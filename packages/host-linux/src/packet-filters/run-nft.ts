import { execFile } from 'node:child_process';

/** How nft is started. */
export interface NftProgram {
  /** A path, or a name to be looked for where systems keep their programs for administrators: `nft` unless told. */
  readonly program?: string;
  /** Milliseconds after which it is ended: 30000 unless told. */
  readonly limitMs?: number;
}

/** How a run of nft went. */
export type NftOutcome =
  | { readonly kind: 'done' }
  /** Nothing was changed. `words`: what nft said, on one line. */
  | { readonly kind: 'refused'; readonly words: string }
  /** There is no such program, or it may not be run. */
  | { readonly kind: 'absent'; readonly words: string }
  /** Nobody knows whether anything was changed. */
  | { readonly kind: 'unknown'; readonly words: string };

const LIMIT_MS = 30_000;
/** nft quotes each line that it refuses. */
const MOST_OUTPUT = 16 * 1024 * 1024;
const MOST_WORDS = 400;
/** What the system says of a program that it cannot start; anything else passes, as having no memory for it. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'EPERM']);
const END_MS = 1000;
/** Not that of whoever started us: an agent runs with what a service manager gives it. */
const ENVIRONMENT: NodeJS.ProcessEnv = { PATH: '/usr/sbin:/sbin:/usr/bin:/bin', LC_ALL: 'C' };

/**
 * Runs a script of nft from its standard input: one transaction, without a shell.
 *
 * @param mode 'check': the kernel is asked whether it would take it, and takes nothing
 */
export function runNft(
  script: string,
  mode: 'change' | 'check',
  { program = 'nft', limitMs = LIMIT_MS }: NftProgram,
): Promise<NftOutcome> {
  const args = [...(mode === 'check' ? ['--check'] : []), '--file', '-'];
  return new Promise((resolve) => {
    const tooLate = `nft did not end within ${limitMs / 1000} s, or was ended`;
    // One that waits inside the kernel does not end, also when it is killed.
    const timer = setTimeout(() => resolve({ kind: 'unknown', words: tooLate }), limitMs + END_MS);
    const child = execFile(
      program,
      args,
      {
        env: ENVIRONMENT,
        encoding: 'utf8',
        timeout: limitMs,
        killSignal: 'SIGKILL',
        maxBuffer: MOST_OUTPUT,
      },
      (error, _stdout, stderr) => {
        clearTimeout(timer);
        if (error === null) resolve({ kind: 'done' });
        else if (typeof error.code === 'string' && !child.killed)
          resolve({
            kind: ABSENT.has(error.code) ? 'absent' : 'unknown',
            words: `${program}: ${error.code}`,
          });
        else if (typeof error.code === 'number') resolve({ kind: 'refused', words: onOneLine(stderr) });
        else resolve({ kind: 'unknown', words: tooLate });
      },
    );
    // A program that is not there, or ends at once, does not read; what became of it is told above.
    child.stdin?.on('error', () => {});
    child.stdin?.end(script);
  });
}

/** The first of what nft complains of; behind it stand the lines of the script. */
function onOneLine(stderr: string): string {
  const first = stderr.split('\n').find((line) => line.trim() !== '');
  return (first ?? 'nothing').trim().slice(0, MOST_WORDS);
}
