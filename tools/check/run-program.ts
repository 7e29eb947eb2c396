import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Problem, Report } from './check.ts';

const repository = path.dirname(path.dirname(import.meta.dirname));

interface Program {
  /** A name under node_modules/.bin, or a script of this repository ending in .ts. */
  readonly script: string;
  readonly args: readonly string[];
  /** Reads from the output what was looked at; what it does not find there was not looked at. */
  readonly looked: (output: string) => string | null;
  readonly fix: string;
}

/**
 * Runs one of the locked programs in `root` and reports its failure as one problem, with its output.
 * A program that succeeds without saying what it looked at has failed.
 */
export async function runProgram(root: string, { script, args, looked, fix }: Program): Promise<Report> {
  const file = script.endsWith('.ts')
    ? path.join(repository, script)
    : path.join(repository, 'node_modules/.bin', script);
  const name = path.basename(script);
  const fail = (what: string, todo: string, output = ''): Report => {
    const problem: Problem = { path: '.', line: null, what, fix: todo };
    return { looked: looked(output) ?? 'nothing', problems: [problem], output };
  };
  if (!existsSync(file)) return fail(`${name} is not installed`, 'run npm ci');

  const { code, output } = await collect(root, [file, ...args]);
  const seen = looked(output);
  if (code !== 0) return fail(`${name} ended with ${code}`, fix, output);
  if (seen === null)
    return fail(`${name} did not say what it looked at`, `see its output and ${name}'s settings`, output);
  return { looked: seen, problems: [] };
}

/** Runs a script with this very Node, so that no other one in PATH comes into play. */
function collect(cwd: string, args: readonly string[]): Promise<{ code: number | string; output: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' };
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): boolean => child.kill();
    process.once('exit', end);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('exit', end);
      resolve({ code: code ?? signal ?? 'no code', output: stripVTControlCharacters(output) });
    });
  });
}
