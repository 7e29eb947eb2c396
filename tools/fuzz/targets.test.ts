import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzHostYaml, fuzzImports, fuzzSerialNumbers, fuzzSysfs } from './targets/index.ts';

for (const { name, fuzz, iterations } of [
  { name: 'host.yaml is taken, edited or refused', fuzz: fuzzHostYaml, iterations: 600 },
  { name: 'files of other programs are imported or refused', fuzz: fuzzImports, iterations: 600 },
  { name: 'serial numbers are read or not there', fuzz: fuzzSerialNumbers, iterations: 3000 },
  { name: 'damaged machines are read', fuzz: fuzzSysfs, iterations: 150 },
]) {
  test(`${name}, whatever is fed, and the same for the same seed`, () => {
    const counts = fuzz(iterations, 1);
    // What only ever refuses, or never does, has not been tried.
    assert.ok(counts.taken > iterations / 20 && counts.refused > 0, JSON.stringify(counts));
    assert.deepEqual(fuzz(50, 7), fuzz(50, 7));
  });
}
