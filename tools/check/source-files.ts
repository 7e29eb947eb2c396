import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Lists what belongs to the project under `root`: all that git tracks or would track, sorted.
 *
 * @throws when git is missing or `root` lies in no checkout: a check must not pass on what it could not list
 */
export function listFiles(root: string): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  return [...new Set(listed.split('\0'))]
    .filter((file) => file !== '' && existsSync(path.join(root, file)))
    .toSorted();
}

/** Lists the TypeScript of packages, tools, benchmarks and lab. Fixtures are left out: they are wrong on purpose. */
export function listSources(root: string): readonly string[] {
  return listFiles(root).filter((file) => isSource(file) && !isFixture(file));
}

/** Lists the names of the folders in `packages/` that hold a package. */
export function listPackages(root: string): readonly string[] {
  const names = listFiles(root).map((file) => /^packages\/([^/]+)\//.exec(file)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined);
}

export function readText(root: string, file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

export function isFixture(file: string): boolean {
  return file.split('/').includes('fixtures');
}

function isSource(file: string): boolean {
  return /^(packages\/[^/]+\/src|tools|bench|lab)\/.*\.tsx?$/.test(file);
}
