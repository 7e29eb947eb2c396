import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { format } from './format.ts';
import { lint } from './lint.ts';
import { typeCheck } from './type-check.ts';
import { unused } from './unused.ts';

// Each program runs with the project's own settings on a small tree that is wrong, so a setting that makes it
// look away fails here.
const fixture = path.join(import.meta.dirname, 'fixtures/programs');

const cases = [
  { check: typeCheck, want: ['TS2322'] },
  { check: format, want: ['src/index.ts format'] },
  { check: lint, want: ['no-floating-promises'] },
  { check: unused, want: ['src/orphan.ts', 'never-imported'] },
];

for (const { check, want } of cases) {
  test(`${check.name} finds what is wrong in the known-bad tree`, async () => {
    const { problems, output = '' } = await check.run(fixture);
    assert.equal(problems.length, 1);
    for (const text of want) assert.ok(output.includes(text), output);
  });
}
