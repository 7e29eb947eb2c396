import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { commandLine } from './command-line.ts';

describe('commandLine()', () => {
  it('leaves out what was not given, and quotes only where a shell needs it', () => {
    assert.equal(
      commandLine('port', 'bind', "Anna's port", '--host', 'compute1', null),
      String.raw`virtfn port bind 'Anna'\''s port' --host compute1`,
    );
  });

  it('gives a shell back every word as it was', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        const script = `virtfn() { printf '%s\\0' "$@"; }; ${commandLine(...words, 'end')}`;
        const heard = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
        assert.deepEqual(heard.split('\0').slice(0, -1), [...words, 'end']);
      }),
      { numRuns: 25 },
    );
  });
});
