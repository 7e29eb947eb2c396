import { isLocked } from '../complete-lock/complete-lock.ts';
import type { Check, Problem, Report } from './check.ts';
import { listFiles, readText } from './source-files.ts';

/** Every dependency is pinned, argued for in docs/dependencies.md, and locked for every platform. */
export const dependencies: Check = { name: 'dependencies', run: checkDependencies };

const table = 'docs/dependencies.md';
const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

interface Wish {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly version: string;
}

function checkDependencies(root: string): Report {
  const manifests = listFiles(root).filter((file) => /^(packages\/[^/]+\/)?package\.json$/.test(file));
  const wishes = manifests.flatMap((file) => readWishes(file, readText(root, file)));
  const argued = readTable(readText(root, table));
  const problems = [
    ...wishes.flatMap(judgePin),
    ...judgeVersions(wishes),
    ...judgeTable(wishes, argued),
    ...judgeLock(readText(root, 'package-lock.json')),
  ];
  const external = new Set(wishes.filter((wish) => !isInternal(wish.name)).map((wish) => wish.name));
  return { looked: `${external.size} dependencies of ${manifests.length} packages`, problems };
}

function readWishes(file: string, text: string): readonly Wish[] {
  const manifest = JSON.parse(text) as Partial<Record<(typeof sections)[number], Record<string, string>>>;
  return sections.flatMap((section) =>
    Object.entries(manifest[section] ?? {}).map(([name, version]) => ({
      file,
      line: lineOf(text, `"${name}":`),
      name,
      version,
    })),
  );
}

function judgePin({ file, line, name, version }: Wish): readonly Problem[] {
  const at = { path: file, line };
  if (isInternal(name)) {
    if (version === '*') return [];
    return [
      {
        ...at,
        what: `${name} is wanted as "${version}"`,
        fix: 'write "*": packages of this workspace move together',
      },
    ];
  }
  if (/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) return [];
  return [
    { ...at, what: `${name} is not pinned: "${version}"`, fix: 'write the exact version that was tried' },
  ];
}

function judgeVersions(wishes: readonly Wish[]): readonly Problem[] {
  const first = new Map<string, Wish>();
  return wishes.flatMap((wish) => {
    const other = first.get(wish.name) ?? wish;
    first.set(wish.name, other);
    if (other.version === wish.version) return [];
    const what = `${wish.name} is ${wish.version} here and ${other.version} in ${other.file}`;
    return [{ path: wish.file, line: wish.line, what, fix: 'use one version everywhere' }];
  });
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Reads the rows of the table whose first cell is a name in backticks. */
function readTable(text: string): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const [at, line] of text.split('\n').entries()) {
    const [name] = /(?<=^\| `)[^`]+(?=` \|)/.exec(line) ?? [];
    const cells = line.split('|').slice(2, -1);
    if (name !== undefined) rows.set(name, { line: at + 1, cells: cells.map((cell) => cell.trim()) });
  }
  return rows;
}

function* judgeTable(wishes: readonly Wish[], argued: ReadonlyMap<string, Row>): Generator<Problem> {
  for (const { file, line, name } of wishes) {
    if (isInternal(name) || argued.has(name)) continue;
    const fix = `add its row: where it is used, why, and what it would take to leave it`;
    yield { path: file, line, what: `${name} is not in ${table}`, fix };
  }
  for (const [name, { line, cells }] of argued) {
    const at = { path: table, line };
    if (!wishes.some((wish) => wish.name === name)) {
      yield { ...at, what: `no package.json depends on ${name}`, fix: 'remove the row' };
    }
    if (cells.length !== 3 || cells.includes('')) {
      yield {
        ...at,
        what: `${name} is not argued for`,
        fix: 'say where it is used, why, and how to leave it',
      };
    }
  }
}

/**
 * `npm ci` refuses a lock file that leaves out an optional package of another platform. npm writes such a file
 * where its registry does not carry that package, so it works for the author and for nobody else.
 */
function judgeLock(text: string): readonly Problem[] {
  const { packages } = JSON.parse(text) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  return Object.entries(packages).flatMap(([parent, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !isLocked(packages, name))
      .map((name) => ({
        path: 'package-lock.json',
        line: lineOf(text, `"${parent}": {`),
        what: `${name} is not locked, so npm ci will refuse the file`,
        fix: 'run node tools/launch.mjs tools/complete-lock/main.ts',
      })),
  );
}

function isInternal(name: string): boolean {
  return name.startsWith('@virtfn/');
}

function lineOf(text: string, part: string): number {
  return text.slice(0, Math.max(0, text.indexOf(part))).split('\n').length;
}
