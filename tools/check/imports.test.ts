import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { findCycles } from './cycles.ts';
import { importTable, type PackageRow } from './import-table.ts';
import { checkImports } from './imports.ts';

const fixture = path.join(import.meta.dirname, 'fixtures/imports');
const row = (packages: readonly string[], touchesSystem: readonly string[] = []): PackageRow => ({
  packages,
  dependencies: [],
  touchesSystem,
});
const table = {
  model: { ...row([]), forTests: ['testing'] },
  host: row(['model']),
  controller: row([], ['store']),
  left: row(['right']),
  right: row(['left']),
  missing: row(['nowhere']),
};

test('checkImports() fires every rule on the known-bad tree, and nothing else', () => {
  const { looked, problems } = checkImports(fixture, table);
  const own = 'touches the operating system in src/main.ts only';
  assert.deepEqual(
    problems.map(({ path: file, line, what }) => `${file}:${line ?? '-'} ${what}`),
    [
      'tools/check/import-table.ts:- packages/orphan has no row',
      'tools/check/import-table.ts:- missing has a row but no folder',
      'tools/check/import-table.ts:- missing may import nowhere, which has no row',
      'packages/controller/src/schedule.ts:1 imports node:child_process, but controller touches the operating system in src/store, src/main.ts only',
      'packages/host/src/main.ts:3 imports @virtfn/model/testing, which is for tests only',
      'packages/model/src/index.ts:1 model imports typebox, but may import only nothing from npm',
      'packages/model/src/index.ts:2 model imports fs, but may import only nothing from npm',
      `packages/model/src/index.ts:4 imports node:fs, but model ${own}`,
      'packages/model/src/index.ts:5 model imports @virtfn/host, but may import only nothing',
      'packages/model/src/index.ts:6 imports its own package by name',
      'packages/model/src/model.test.ts:4 reaches into packages/left/src/index.ts',
      'packages/model/src/second.ts:2 imports node:test outside a test',
      'packages/model/src/second.ts:3 imports ./testing/arbitrary.ts, which is for tests only',
      'packages/model/src/second.ts:4 imports ./gone.ts, which does not exist',
      'packages/model/src/second.ts:6 imports something computed, which no check can follow',
      'packages/model/src/first.ts:- cycle of files: packages/model/src/first.ts → packages/model/src/second.ts → packages/model/src/first.ts',
      'packages/host:- cycle of packages: host → model → host',
      'packages/left:- cycle of packages: left → right → left',
    ],
  );
  assert.equal(looked, '6 packages, 12 files, 25 imports');
});

test('checkImports() fails where it finds nothing to walk', (t) => {
  const empty = mkdtempSync(path.join(tmpdir(), 'virtfn-imports-'));
  t.after(() => rmSync(empty, { recursive: true }));
  execFileSync('git', ['init', '-q', empty]);
  const { problems } = checkImports(empty, {});
  assert.deepEqual(
    problems.map(({ what }) => what),
    ['walked 0 files and 0 imports'],
  );
});

test('importTable has no cycle', () => {
  const rows = Object.entries(importTable).map(([name, { packages }]) => [name, new Set(packages)] as const);
  assert.deepEqual(findCycles(new Map(rows)), []);
});

test('importTable lets nothing pull the operating system into the domain', () => {
  assert.deepEqual(importTable['model'], { packages: [], dependencies: [], touchesSystem: [] });
});
