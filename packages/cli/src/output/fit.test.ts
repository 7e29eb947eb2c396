import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cut, wrap } from './fit.ts';

describe('wrap()', () => {
  it('breaks between words and indents what follows', () => {
    assert.equal(wrap('  note: one two three', 14, '    '), '  note: one\n    two three');
    assert.equal(wrap('one two', null), 'one two');
  });

  it('loses no word, and is never wider than the terminal unless one word is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        fc.integer({ min: 20, max: 60 }),
        (words, width) => {
          const wrapped = wrap(words.join(' '), width, '  ');
          assert.deepEqual(wrapped.split(/\s+/), words);
          assert.ok(wrapped.split('\n').every((line) => line.length <= width));
        },
      ),
    );
  });
});

describe('cut()', () => {
  it('ends a line that is too long with an ellipsis', () => {
    assert.equal(cut('abcdef', 4), 'abc…');
    assert.equal(cut('abcd', 4), 'abcd');
    assert.equal(cut('abcdef', null), 'abcdef');
  });
});
