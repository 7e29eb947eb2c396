import { existsSync } from 'node:fs';
import path from 'node:path/posix';
import type { Problem } from './check.ts';
import { type ImportTable, type PackageRow, pureNodeModules, testModules } from './import-table.ts';

/** Where a file stands, which decides what it may import. Tools, benchmarks and lab are free. */
export type Place = { readonly kind: 'free' } | PlaceInPackage;

interface PlaceInPackage {
  readonly kind: 'production' | 'for-tests' | 'test' | 'main';
  readonly file: string;
  readonly package: string;
  /** The path under src/. */
  readonly inside: string;
}

type Wrong = Pick<Problem, 'what' | 'fix'>;

/** A package of this workspace, and the path in it. */
const internal = /^@virtfn\/([^/]+)\/?(.*)$/;

export function locate(file: string, table: ImportTable): Place {
  const [, name, inside] = /^packages\/([^/]+)\/src\/(.+)$/.exec(file) ?? [];
  if (name === undefined || inside === undefined) return { kind: 'free' };
  const at = (kind: PlaceInPackage['kind']): Place => ({ kind, file, package: name, inside });
  if (/\.test\.tsx?$/.test(inside)) return at('test');
  if (liesIn(inside, table[name]?.forTests)) return at('for-tests');
  return at(inside === 'main.ts' ? 'main' : 'production');
}

/** The file a relative specifier means. Sources are imported with their suffix, so no guessing is needed. */
export function targetOf(file: string, specifier: string): string | null {
  return specifier.startsWith('.') ? path.join(path.dirname(file), specifier) : null;
}

/** The package of this workspace that a specifier names. */
export function packageOf(specifier: string): string | null {
  return internal.exec(specifier)?.[1] ?? null;
}

/** Says what is wrong with one import of a file, or null. A `specifier` of null is one that is computed. */
export function judgeImport(
  root: string,
  place: Place,
  specifier: string | null,
  table: ImportTable,
): Wrong | null {
  if (place.kind === 'free') return null;
  if (specifier === null) {
    return {
      what: 'imports something computed, which no check can follow',
      fix: 'import a literal, or hand the thing in from main.ts',
    };
  }
  const row = table[place.package];
  if (row === undefined) return null; // the package is reported, once
  const isTest = place.kind === 'test' || place.kind === 'for-tests';

  const target = targetOf(place.file, specifier);
  if (target !== null) return judgeFile(root, place, { specifier, target, isTest }, row);
  if (testModules.has(specifier)) {
    if (isTest) return null;
    const fix = 'move it to a *.test.ts, or name the file in forTests of import-table.ts';
    return { what: `imports ${specifier} outside a test`, fix };
  }
  const [, other, inside = ''] = internal.exec(specifier) ?? [];
  if (other !== undefined && !isTest && liesIn(inside, table[other]?.forTests))
    return forTestsOnly(specifier);
  if (isTest || place.kind === 'main') return null;
  if (specifier.startsWith('node:')) return judgeNodeModule(place, specifier, row);
  if (other !== undefined) return judgePackage(place, { specifier, other }, row);
  return judgeDependency(place, specifier, row);
}

function judgeFile(
  root: string,
  place: PlaceInPackage,
  { specifier, target, isTest }: { specifier: string; target: string; isTest: boolean },
  row: PackageRow,
): Wrong | null {
  const source = `packages/${place.package}/src/`;
  if (!target.startsWith(`packages/${place.package}/`)) {
    return {
      what: `reaches into ${target}`,
      fix: 'import what that package exports, by its name (@virtfn/…)',
    };
  }
  if (!existsSync(path.join(root, target))) {
    return {
      what: `imports ${specifier}, which does not exist`,
      fix: 'mend the path; it carries the suffix .ts',
    };
  }
  const inside = target.startsWith(source) ? target.slice(source.length) : '';
  return !isTest && liesIn(inside, row.forTests) ? forTestsOnly(specifier) : null;
}

function judgeNodeModule(place: PlaceInPackage, specifier: string, row: PackageRow): Wrong | null {
  if (pureNodeModules.has(specifier) || row.touchesSystem === 'anywhere') return null;
  if (liesIn(place.inside, row.touchesSystem)) return null;
  const where = [...row.touchesSystem, 'main.ts'].map((area) => `src/${area}`);
  return {
    what: `imports ${specifier}, but ${place.package} touches the operating system in ${list(where)} only`,
    fix: 'take what is needed as an argument, and wire it up there',
  };
}

function judgePackage(
  place: PlaceInPackage,
  { specifier, other }: { specifier: string; other: string },
  row: PackageRow,
): Wrong | null {
  if (other === place.package) return { what: 'imports its own package by name', fix: 'use a relative path' };
  if (row.packages.includes(other)) return null;
  return {
    what: `${place.package} imports ${specifier}, but may import only ${list(row.packages)}`,
    fix: 'move the code to a package that may, or hand it in from main.ts',
  };
}

function judgeDependency(place: PlaceInPackage, specifier: string, row: PackageRow): Wrong | null {
  const dependency = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (row.dependencies.includes(dependency)) return null;
  return {
    what: `${place.package} imports ${dependency}, but may import only ${list(row.dependencies)} from npm`,
    fix: 'do without it, or add it to docs/dependencies.md and import-table.ts (modules of Node start with node:)',
  };
}

function forTestsOnly(specifier: string): Wrong {
  return {
    what: `imports ${specifier}, which is for tests only`,
    fix: 'move what the program needs out of there',
  };
}

/** `inside` is a path under src/, with or without a suffix. */
function liesIn(inside: string, areas: readonly string[] = []): boolean {
  const stem = inside.replace(/\.tsx?$/, '');
  return areas.some((area) => stem === area || inside.startsWith(`${area}/`));
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
