import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { formatProblem } from './check.ts';
import { cleanTreeSince } from './clean-tree.ts';

test('cleanTreeSince() finds what appeared, and does not mind what was there before', async (t) => {
  const root = mkdtempSync(path.join(tmpdir(), 'virtfn-tree-'));
  t.after(() => rmSync(root, { recursive: true }));
  execFileSync('git', ['init', '-q', root]);
  writeFileSync(path.join(root, 'before.txt'), '');

  const cleanTree = cleanTreeSince(root);
  assert.deepEqual((await cleanTree.run(root)).problems, []);

  writeFileSync(path.join(root, 'left-behind.txt'), '');
  assert.deepEqual((await cleanTree.run(root)).problems.map(formatProblem), [
    'left-behind.txt: changed while the checks ran (git status ??): let tests write to a temporary folder; commit what is generated',
  ]);
});
