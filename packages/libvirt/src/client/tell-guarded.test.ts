import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

test('tellGuarded() goes on after a handler that throws, whose program learns of it', () => {
  const file = path.join(import.meta.dirname, 'tell-guarded.ts');
  const program = `
    import { tellGuarded } from ${JSON.stringify(file)};
    process.on('uncaughtException', ({ message }) => console.log(message));
    tellGuarded(() => { throw new Error('mine'); }, { kind: 'look-again' });
    tellGuarded(({ kind }) => console.log(kind), { kind: 'look-again' });
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  assert.equal(stdout, 'look-again\nmine\n');
});
