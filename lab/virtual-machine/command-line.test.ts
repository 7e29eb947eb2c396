import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAnswer, formatRequest } from './command-line.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('formatRequest() makes one line of a script of many', () => {
  const request = formatRequest('7', 'echo "ü"\nexit 3\n', 30);
  assert.deepEqual(request.split('\n'), ['', `7 30 ${base64('echo "ü"\nexit 3\n')}`, '']);
});

const cases: readonly { readonly name: string; readonly given: string; readonly want: unknown }[] = [
  {
    name: 'reads status and both outputs',
    given: `\n7 3 =${base64('out ü\n')} =${base64('err')}\n`,
    want: { status: 3, stdout: 'out ü\n', stderr: 'err' },
  },
  { name: 'reads empty outputs', given: '\n7 0 = =\n', want: { status: 0, stdout: '', stderr: '' } },
  {
    name: 'passes over answers to others, and what is left of them',
    given: `aGFsZg== =\n\n6 1 = =\n\n7 0 = =\n`,
    want: { status: 0, stdout: '', stderr: '' },
  },
  { name: 'waits for all of a line', given: `\n7 0 =${base64('out')} =`, want: null },
  { name: 'takes no longer number for its own', given: '\n77 0 = =\n17 0 = =\n', want: null },
];
for (const { name, given, want } of cases) {
  test(`findAnswer() ${name}`, () => assert.deepEqual(findAnswer('7', given), want));
}
