import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Where a program is, looked for in PATH and where Debian keeps daemons; null: nowhere. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * For node:test's `skip`: which Debian packages are missing on this machine, or false. Where CI=true it is false always, so
 * that what is missing there fails.
 *
 * @param packages by the program that each is needed for
 */
export function skipWithout(packages: Readonly<Record<string, string>>): string | false {
  const missing = Object.entries(packages).filter(([program]) => findProgram(program) === null);
  if (process.env['CI'] === 'true' || missing.length === 0) return false;
  return `needs ${missing.map(([, name]) => name).join(', ')}`;
}
