import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Locator } from 'playwright-core';

const PROGRAM = path.join(import.meta.dirname, '../../../packages/cli/src/main.ts');
const NOBODY = 'http://127.0.0.1:1';
/** Exit status of a command that was understood, and found no controller. */
const UNREACHABLE = 4;

/** Of the command lines that a dialog shows, those that `virtfn` does not understand, with what it says. */
export async function refusedCommands(dialog: Locator): Promise<readonly string[]> {
  return refusedLines(await dialog.getByRole('region', { name: 'The same by command' }).innerText());
}

/** Of some command lines, those that `virtfn` does not understand, with what it says. They are typed into a shell. */
export function refusedLines(shown: string): readonly string[] {
  return shown.split('\n').flatMap((line) => {
    const script = `virtfn() { "${process.execPath}" "${PROGRAM}" "$@"; }; ${line}`;
    const env = { ...process.env, VIRTFN_ENDPOINT: NOBODY };
    const { status, stderr } = spawnSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' });
    return status === UNREACHABLE ? [] : [`${line}: ${status} ${stderr}`];
  });
}
