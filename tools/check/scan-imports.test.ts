import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { scanImports } from './scan-imports.ts';

const cases = [
  { name: 'a default import', given: "import a from 'x';", want: ['x'] },
  { name: 'a side effect', given: 'import "x"', want: ['x'] },
  { name: 'names over several lines', given: "import {\n  a,\n  type B,\n} from 'x';", want: ['x'] },
  { name: 'a namespace', given: "import * as a from 'x'", want: ['x'] },
  { name: 'types', given: "import type { A } from 'x'; import type B from 'y';", want: ['x', 'y'] },
  { name: 'an odd name', given: "import { 'a-b' as c } from 'x'", want: ['x'] },
  { name: 'attributes', given: "import a from './a.json' with { type: 'json' }", want: ['./a.json'] },
  { name: 'a name called from', given: "import from from 'x'; import { from } from 'y';", want: ['x', 'y'] },
  {
    name: 're-exports',
    given: "export * from 'x'; export { a } from 'y'; export type { B } from 'z'",
    want: ['x', 'y', 'z'],
  },
  { name: 'a namespace re-export', given: "export * as a from 'x'", want: ['x'] },
  {
    name: 'a dynamic import',
    given: "const a = await import('x'); import('y', { with: {} })",
    want: ['x', 'y'],
  },
  { name: 'an imported type', given: "let a: import('x').A;", want: ['x'] },
  {
    name: 'a computed import',
    given: 'import(name); import(`x`); import("x" + y)',
    want: [null, null, null],
  },
  {
    name: 'require and getBuiltinModule',
    given: "require('x'); process.getBuiltinModule('fs')",
    want: ['x', 'fs'],
  },
  {
    name: 'an import in a template expression',
    given: "`${await import('x')} import 'no' ${`${{ a: 1 }}`}`; import 'y'",
    want: ['x', 'y'],
  },
  {
    name: 'an import after a regular expression with quotes',
    given: "const a = /['\"`/]/u;\nimport 'x'",
    want: ['x'],
  },
  { name: 'an import after a regular expression with a class', given: 'f(/[/`]/g); import "x"', want: ['x'] },
  {
    name: 'an import after divisions',
    given: 'const a = b / c; const d = e[0] / 2 / f(1) / 3;\nimport "x"',
    want: ['x'],
  },
  { name: 'an import after an apostrophe in page text', given: "<p>don't</p>\nimport 'x'", want: ['x'] },
  {
    name: 'nothing in comments',
    given: "// import 'a'\n/* import 'b'\n */\n/** {@link import('c')} */",
    want: [],
  },
  { name: 'nothing in texts', given: "const a = \"import 'x'\"; const b = 'it\\'s from \"y\"'", want: [] },
  { name: 'nothing in templates', given: "`\nimport a from 'x';\\`\nexport * from 'y'`", want: [] },
  {
    name: 'nothing in other exports',
    given: "export const from = 'x'; export default from; export { a };\nconst b = 'y'",
    want: [],
  },
  {
    name: 'nothing in properties',
    given: "a.import('x'); import.meta.resolve('y'); a.require('z')",
    want: [],
  },
];

for (const { name, given, want } of cases) {
  test(`scanImports() finds ${name}`, () => {
    assert.deepEqual(
      scanImports(given).map((found) => found.specifier),
      want,
    );
  });
}

test('scanImports() gives the line of the specifier', () => {
  const source = "/*\n*/ import {\n  a,\n} from 'x';\n`\n${0}\n`;\nimport 'y';\n";
  assert.deepEqual(scanImports(source), [
    { specifier: 'x', line: 4 },
    { specifier: 'y', line: 8 },
  ]);
});

test('scanImports() reads itself', () => {
  assert.deepEqual(scanImports(readFileSync(new URL('scan-imports.ts', import.meta.url), 'utf8')), []);
});
