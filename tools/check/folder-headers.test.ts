import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { formatProblem } from './check.ts';
import { folderHeaders } from './folder-headers.ts';

const fixture = path.join(import.meta.dirname, 'fixtures/folder-headers');

test('folderHeaders fires every rule on the known-bad tree, and nothing else', async () => {
  const { looked, problems } = await folderHeaders.run(fixture);
  assert.deepEqual(problems.map(formatProblem), [
    'packages/demo/src/bare/index.ts:1: does not open with a comment: open it with 2 to 6 lines of comment: what the folder is for, and what it must never do',
    'packages/demo/src/long/long.ts:1: opens with a comment of 7 lines: open it with 2 to 6 lines of comment: what the folder is for, and what it must never do',
    'packages/demo/src/short/main.ts:1: opens with a comment of 1 lines: open it with 2 to 6 lines of comment: what the folder is for, and what it must never do',
    'packages/demo/src/silent/index.ts:1: opens with a comment that does not say what it must never do: open it with 2 to 6 lines of comment: what the folder is for, and what it must never do',
    'packages/demo/src/without: has 2 files and no index.ts, main.ts or without.ts: add the one by which a reader enters',
  ]);
  assert.equal(looked, '7 folders');
});
