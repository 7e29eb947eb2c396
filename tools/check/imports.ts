import { existsSync, globSync } from 'node:fs';
import path from 'node:path/posix';
import type { Check, Problem, Report } from './check.ts';
import { findCycles } from './cycles.ts';
import { importTable, type PackageRow, pureNodeModules, testModules, testSupport } from './import-table.ts';
import { type Import, scanImports } from './scan-imports.ts';
import { isFixture, listPackages, listSources, readText } from './source-files.ts';

const scope = '@virtfn/';

/** Holds every source against the table of import-table.ts, and finds cycles between packages and between files. */
export const imports: Check = { name: 'imports', run: (root) => checkImports(root, importTable) };

/** Tests hand in a table of their own, for a tree that is wrong on purpose. */
export function checkImports(root: string, table: Readonly<Record<string, PackageRow>>): Report {
  const packages = listPackages(root);
  const sources = listSources(root);
  const known = new Set(sources);
  const problems: Problem[] = [...compareWithTable(packages, table)];
  const files = new Map<string, Set<string>>();
  const arrows = new Map<string, Set<string>>();
  let count = 0;

  for (const file of sources) {
    const place = locate(file);
    const edges = new Set<string>();
    files.set(file, edges);
    for (const found of scanImports(readText(root, file))) {
      count++;
      const wrong = judge(root, place, found, table);
      if (wrong !== null) problems.push({ path: file, line: found.line, ...wrong });
      const target = found.specifier === null ? null : targetOf(file, found.specifier);
      if (target !== null && known.has(target)) edges.add(target);
      const other = found.specifier === null ? null : packageOf(found.specifier);
      if (place.kind === 'production' && other !== null && other !== place.package) {
        arrows.set(place.package, (arrows.get(place.package) ?? new Set()).add(other));
      }
    }
  }
  problems.push(...describeCycles('files', files), ...describeCycles('packages', arrows));
  problems.push(...provesThatItLooked(root, files.size, count));
  return { looked: `${packages.length} packages, ${files.size} files, ${count} imports`, problems };
}

/** Where a file stands, which decides what it may import. `free` are tools, benchmarks and lab. */
type Place =
  | { readonly kind: 'free'; readonly file: string }
  | {
      readonly kind: 'production' | 'test-support' | 'test' | 'main';
      readonly file: string;
      readonly package: string;
      /** The path under src/. */
      readonly inside: string;
    };

function locate(file: string): Place {
  const [, name, inside] = /^packages\/([^/]+)\/src\/(.+)$/.exec(file) ?? [];
  if (name === undefined || inside === undefined) return { kind: 'free', file };
  const at = (kind: 'production' | 'test-support' | 'test' | 'main'): Place => ({
    kind,
    file,
    package: name,
    inside,
  });
  if (/\.test\.tsx?$/.test(inside)) return at('test');
  if (liesIn(inside, testSupport)) return at('test-support');
  return at(inside === 'main.ts' ? 'main' : 'production');
}

type Wrong = Pick<Problem, 'what' | 'fix'>;

/** Says what is wrong with one import, or null. */
function judge(
  root: string,
  place: Place,
  found: Import,
  table: Readonly<Record<string, PackageRow>>,
): Wrong | null {
  const { specifier } = found;
  if (place.kind === 'free') return null;
  if (specifier === null) {
    return {
      what: 'imports something computed, which no check can follow',
      fix: 'import a literal, or hand the thing in from main.ts',
    };
  }
  if (specifier.startsWith('.')) return judgeRelative(root, place, specifier);
  const row = table[place.package];
  if (row === undefined) return null; // reported once, for the package
  const isTest = place.kind === 'test' || place.kind === 'test-support';

  if (testModules.has(specifier)) {
    if (isTest) return null;
    return {
      what: `imports ${specifier} outside a test`,
      fix: `move it to a *.test.ts, or to ${testSupport.join('/ or ')}/`,
    };
  }
  if (place.kind === 'test' || place.kind === 'main') return null;
  if (specifier.startsWith('node:')) return judgeNodeModule(place, specifier, row);

  const other = packageOf(specifier);
  if (other === place.package) return { what: `imports its own package by name`, fix: 'use a relative path' };
  if (other !== null) {
    if (row.packages.includes(other)) return null;
    return {
      what: `${place.package} imports ${specifier}, but may import only ${list(row.packages)}`,
      fix: 'move the code to a package that may, or hand it in from main.ts',
    };
  }
  const dependency = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (row.dependencies.includes(dependency)) return null;
  return {
    what: `${place.package} imports ${dependency}, but may import only ${list(row.dependencies)} from npm`,
    fix: `do without it, or argue for it in docs/dependencies.md and add it to import-table.ts (modules of Node start with node:)`,
  };
}

function judgeNodeModule(
  place: Exclude<Place, { kind: 'free' }>,
  specifier: string,
  row: PackageRow,
): Wrong | null {
  if (pureNodeModules.has(specifier) || row.touchesSystem === 'anywhere') return null;
  if (liesIn(place.inside, row.touchesSystem)) return null;
  const where = row.touchesSystem.map((area) => `src/${area}`);
  return {
    what: `imports ${specifier}, but ${place.package} touches the operating system in ${list([...where, 'src/main.ts'])} only`,
    fix: 'take what is needed as an argument, and wire it up there',
  };
}

function judgeRelative(
  root: string,
  place: Exclude<Place, { kind: 'free' }>,
  specifier: string,
): Wrong | null {
  const target = path.join(path.dirname(place.file), specifier);
  if (!target.startsWith(`packages/${place.package}/`)) {
    return {
      what: `reaches into ${target}`,
      fix: `import what that package exports, by its name (${scope}…)`,
    };
  }
  if (!existsSync(path.join(root, target))) {
    return {
      what: `imports ${specifier}, which does not exist`,
      fix: 'mend the path; it carries the suffix .ts',
    };
  }
  const inside = target.slice(`packages/${place.package}/src/`.length);
  if ((place.kind === 'production' || place.kind === 'main') && liesIn(inside, testSupport)) {
    return {
      what: `imports ${specifier}, which is for tests only`,
      fix: 'move what the program needs out of there',
    };
  }
  return null;
}

/** Every folder has its row, and every row its folder; a row names only packages that exist. */
function* compareWithTable(
  packages: readonly string[],
  table: Readonly<Record<string, PackageRow>>,
): Generator<Problem> {
  const at = { path: 'tools/check/import-table.ts', line: null };
  for (const name of packages.filter((folder) => !Object.hasOwn(table, folder))) {
    yield { ...at, what: `packages/${name} has no row`, fix: 'add one that says what it may import' };
  }
  for (const [name, row] of Object.entries(table)) {
    if (!packages.includes(name))
      yield { ...at, what: `${name} has a row but no folder`, fix: 'remove the row' };
    for (const other of row.packages.filter((folder) => !Object.hasOwn(table, folder))) {
      yield { ...at, what: `${name} may import ${other}, which has no row`, fix: 'remove the name' };
    }
  }
}

/** A check of imports that silently walks nothing passes for ever, so the files are counted in a second way. */
function* provesThatItLooked(root: string, walked: number, count: number): Generator<Problem> {
  const there = globSync('packages/*/src/**/*.{ts,tsx}', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  });
  const expected = there.filter((file) => !isFixture(file)).length;
  const at = { path: 'packages', line: null };
  if (walked === 0 || count === 0) {
    yield {
      ...at,
      what: `walked ${walked} files and ${count} imports`,
      fix: 'mend the check, or run it in the checkout',
    };
  } else if (walked < expected) {
    yield {
      ...at,
      what: `walked ${walked} of ${expected} files`,
      fix: 'see what .gitignore hides under src/',
    };
  }
}

function describeCycles(of: string, graph: ReadonlyMap<string, ReadonlySet<string>>): readonly Problem[] {
  return findCycles(graph).map((cycle) => ({
    path: of === 'packages' ? `packages/${cycle[0]}` : `${cycle[0]}`,
    line: null,
    what: `cycle of ${of}: ${[...cycle, cycle[0]].join(' → ')}`,
    fix: 'move what both need into a third one',
  }));
}

/** The file a relative specifier means. Sources are imported with their suffix, so no guessing is needed. */
function targetOf(file: string, specifier: string): string | null {
  return specifier.startsWith('.') ? path.join(path.dirname(file), specifier) : null;
}

function packageOf(specifier: string): string | null {
  return specifier.startsWith(scope) ? (specifier.slice(scope.length).split('/')[0] ?? null) : null;
}

function liesIn(inside: string, areas: readonly string[]): boolean {
  return areas.some((area) => inside.startsWith(`${area}/`) || inside.replace(/\.tsx?$/, '') === area);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
