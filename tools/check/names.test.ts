import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { formatProblem } from './check.ts';
import { names } from './names.ts';

const fixture = path.join(import.meta.dirname, 'fixtures/names');

test('names fires every rule on the known-bad tree, and nothing else', async () => {
  const { looked, problems } = await names.run(fixture);
  assert.deepEqual(problems.map(formatProblem), [
    'packages/demo/src/ok/port-manager.ts: "manager" says nothing: name it after what it holds',
    'packages/demo/src/ok/types.ts: types are no subject: put each type beside the code it is about',
    'packages/demo/src/ok/vfIndex.ts: is not in kebab-case: rename it to vf-index.ts',
    'packages/demo/src/utils: "utils" says nothing: name it after what it holds',
    'packages/demo/src/ok/long.ts:501: has 501 lines, more than 500: split it by what its parts are for',
  ]);
  assert.equal(looked, '13 names, 8 files');
});
