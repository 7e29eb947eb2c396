import { globSync } from 'node:fs';
import type { Check, Problem, Report } from './check.ts';
import { findCycles } from './cycles.ts';
import { type ImportTable, importTable } from './import-table.ts';
import { judgeImport, locate, packageOf, targetOf } from './judge-import.ts';
import { scanImports } from './scan-imports.ts';
import { isFixture, listPackages, listSources, readText } from './source-files.ts';

/** Holds every source against the table of import-table.ts, and finds cycles between packages and between files. */
export const imports: Check = { name: 'imports', run: (root) => checkImports(root, importTable) };

/** Tests hand in a table of their own, for a tree that is wrong on purpose. */
export function checkImports(root: string, table: ImportTable): Report {
  const packages = listPackages(root);
  const problems: Problem[] = [...compareWithTable(packages, table)];
  const files = new Map<string, Set<string>>(listSources(root).map((file) => [file, new Set()]));
  const arrows = new Map<string, Set<string>>(packages.map((name) => [name, new Set()]));
  let count = 0;

  for (const [file, edges] of files) {
    const place = locate(file, table);
    for (const { specifier, line } of scanImports(readText(root, file))) {
      count++;
      const wrong = judgeImport(root, place, specifier, table);
      if (wrong !== null) problems.push({ path: file, line, ...wrong });
      if (specifier === null) continue;
      const target = targetOf(file, specifier);
      if (target !== null && files.has(target)) edges.add(target);
      const other = packageOf(specifier);
      // Tests and main.ts may point against the arrows: that wires nothing into a program.
      if (place.kind === 'production' && other !== null && other !== place.package) {
        arrows.get(place.package)?.add(other);
      }
    }
  }
  problems.push(
    ...describeCycles('files', '', files),
    ...describeCycles('packages', 'packages/', arrows),
    ...provesThatItLooked(root, files.size, count),
  );
  return { looked: `${packages.length} packages, ${files.size} files, ${count} imports`, problems };
}

/** Every folder has its row, and every row its folder; a row names only packages that exist. */
function* compareWithTable(packages: readonly string[], table: ImportTable): Generator<Problem> {
  const at = { path: 'tools/check/import-table.ts', line: null };
  for (const name of packages.filter((folder) => !Object.hasOwn(table, folder))) {
    yield { ...at, what: `packages/${name} has no row`, fix: 'add one that says what it may import' };
  }
  for (const [name, row] of Object.entries(table)) {
    if (!packages.includes(name)) {
      yield { ...at, what: `${name} has a row but no folder`, fix: 'remove the row' };
    }
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
    const what = `walked ${walked} files and ${count} imports`;
    yield { ...at, what, fix: 'mend the check, or run it in the checkout' };
  } else if (walked < expected) {
    yield {
      ...at,
      what: `walked ${walked} of ${expected} files`,
      fix: 'see what .gitignore hides under src/',
    };
  }
}

function describeCycles(
  of: string,
  prefix: string,
  graph: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Problem[] {
  return findCycles(graph).map((cycle) => ({
    path: `${prefix}${cycle[0]}`,
    line: null,
    what: `cycle of ${of}: ${[...cycle, cycle[0]].join(' → ')}`,
    fix: 'move what both need into a third one',
  }));
}
