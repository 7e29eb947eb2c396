import { existsSync } from 'node:fs';

/**
 * What to give node:test as `skip`: why the test cannot run on this machine, or false. Where CI=true it is
 * false always, so that what is missing there fails.
 *
 * @param program null: found nowhere
 */
export function skipWithout(program: string | null, debianPackage: string): string | false {
  if (process.env['CI'] === 'true' || (program !== null && existsSync(program))) return false;
  return `needs ${debianPackage}: apt-get install ${debianPackage}`;
}
