import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { formatProblem } from './check.ts';
import { dependencies } from './dependencies.ts';

const fixture = path.join(import.meta.dirname, 'fixtures/dependencies');

test('dependencies fires every rule on the known-bad tree, and nothing else', async () => {
  const { looked, problems } = await dependencies.run(fixture);
  assert.deepEqual(problems.map(formatProblem), [
    'package.json:4: floating is not pinned: "^1.0.0": write the exact version that was tried',
    'packages/demo/package.json:3: @virtfn/model is wanted as "0.1.0": write "*": packages of this workspace move together',
    'packages/demo/package.json:4: argued is 1.2.4 here and 1.2.3 in package.json: use one version everywhere',
    'package.json:6: unargued is not in docs/dependencies.md: add its row: where it is used, why, and what it would take to leave it',
    'docs/dependencies.md:5: hollow is not argued for: say where it is used, why, and how to leave it',
    'docs/dependencies.md:6: no package.json depends on forgotten: remove the row',
    'package-lock.json:3: argued-darwin is not locked, so npm ci will refuse the file: run node tools/launch.mjs tools/complete-lock/main.ts',
  ]);
  assert.equal(looked, '4 dependencies of 2 packages');
});
