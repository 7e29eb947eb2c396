import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { writeModuleOption } from './index.ts';

test('writeModuleOption() writes a file of our own that modprobe reads, again and again', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-modprobe-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const below = path.join(folder, 'modprobe.d');
  for (const value of [7, 3]) await writeModuleOption({ module: 'igb', option: 'max_vfs' }, value, below);
  assert.deepEqual(readdirSync(below), ['virtfn-igb.conf']);
  assert.match(readFileSync(path.join(below, 'virtfn-igb.conf'), 'utf8'), /^# .*\noptions igb max_vfs=3\n$/);
});
