import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FINDING_TABLE } from './index.ts';

const doc = new URL('../../../../docs/operators/when-it-does-not-work.md', import.meta.url);

describe('docs/operators/when-it-does-not-work.md', () => {
  it('has a row for every code of the finding table, and no other', () => {
    const rows = readFileSync(doc, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const want = Object.entries(FINDING_TABLE).map(
      ([code, { title, severity, meaning, remedy }]) =>
        `| \`${code}\` | ${severity} | ${title}. ${meaning} | ${remedy} |`,
    );
    assert.deepEqual(rows, want);
  });
});
