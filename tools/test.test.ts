import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const script = path.join(import.meta.dirname, 'test.ts');

const cases = [
  {
    name: 'fails when no test file matches',
    given: ['no such file'],
    status: 1,
    says: /none of [1-9]\d* test files/,
  },
  {
    name: 'refuses an option it does not know',
    given: ['--watch'],
    status: 2,
    says: /Unknown option --watch/,
  },
];
for (const { name, given, status, says } of cases) {
  test(`npm test ${name}`, () => {
    const result = spawnSync(process.execPath, [script, ...given], { encoding: 'utf8' });
    assert.equal(result.status, status);
    assert.match(result.stderr, says);
  });
}
