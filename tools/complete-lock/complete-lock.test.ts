import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeLock } from './complete-lock.ts';

const lockOf = (optionalDependencies: Record<string, string>): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { name: 'root' },
      'node_modules/tool': { version: '2.0.0', dev: true, optionalDependencies },
      'node_modules/tool-linux-x64-gnu': { version: '2.0.0', integrity: 'sha512-x' },
    },
  });

test('completeLock() adds what is missing, with its platform, and leaves the rest alone', () => {
  const { text, added } = completeLock(
    lockOf({ 'tool-linux-x64-gnu': '2.0.0', '@tool/linux-arm64-musl': '2.0.0', 'tool-darwin-x64': '2.0.0' }),
  );
  assert.deepEqual(added, ['@tool/linux-arm64-musl', 'tool-darwin-x64']);
  const { packages } = JSON.parse(text) as { packages: Record<string, unknown> };
  assert.deepEqual(Object.keys(packages), [
    '',
    'node_modules/@tool/linux-arm64-musl',
    'node_modules/tool',
    'node_modules/tool-darwin-x64',
    'node_modules/tool-linux-x64-gnu',
  ]);
  assert.deepEqual(packages['node_modules/tool-linux-x64-gnu'], { version: '2.0.0', integrity: 'sha512-x' });
  assert.deepEqual(packages['node_modules/@tool/linux-arm64-musl'], {
    version: '2.0.0',
    cpu: ['arm64'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
  assert.deepEqual(completeLock(text), { text, added: [] });
});

test('completeLock() refuses a package whose platform it cannot tell', () => {
  assert.throws(() => completeLock(lockOf({ fancy: '1.0.0' })), /"fancy@1.0.0" is missing/);
});
