import { isSriovError } from '@virtfn/model';
import { runProgram } from '../system/run-program.ts';

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
/** Not that of whoever started us: an agent runs with what a service manager gives it. */
const ENVIRONMENT: NodeJS.ProcessEnv = { PATH: '/usr/sbin:/sbin:/usr/bin:/bin', LC_ALL: 'C' };

/**
 * Runs a script of nft from its standard input: one transaction, without a shell.
 *
 * @param mode 'check': the kernel is asked whether it would take it, and takes nothing
 */
export async function runNft(
  script: string,
  mode: 'change' | 'check',
  { program = 'nft', limitMs = LIMIT_MS }: NftProgram,
): Promise<NftOutcome> {
  const args = [...(mode === 'check' ? ['--check'] : []), '--file', '-'];
  try {
    await runProgram(program, args, { limitMs, input: script, env: ENVIRONMENT, maxBuffer: MOST_OUTPUT });
    return { kind: 'done' };
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string };
    if (typeof code === 'number') return { kind: 'refused', words: onOneLine(stderr) };
    if (typeof code === 'string' && !isSriovError(error))
      return { kind: ABSENT.has(code) ? 'absent' : 'unknown', words: `${program}: ${code}` };
    return { kind: 'unknown', words: `nft did not end within ${limitMs / 1000} s, or was ended` };
  }
}

/** The first of what nft complains of; behind it stand the lines of the script. */
function onOneLine(stderr: string): string {
  const first = stderr.split('\n').find((line) => line.trim() !== '');
  return (first ?? 'nothing').trim().slice(0, MOST_WORDS);
}
