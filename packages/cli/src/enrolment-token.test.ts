import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { readEnrolmentToken } from './enrolment-token.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

describe('readEnrolmentToken()', () => {
  const env = { VIRTFN_ENROL_TOKEN: 'of-env' };
  for (const { name, token, want } of [
    { name: 'as given', token: readEnrolmentToken('given', env, pieces()), want: 'given' },
    { name: 'of the environment', token: readEnrolmentToken(null, env, pieces()), want: 'of-env' },
    {
      name: 'from standard input',
      token: readEnrolmentToken('-', env, pieces('of-', 'input\nmore')),
      want: 'of-input',
    },
    {
      name: 'from an input without an end of line',
      token: readEnrolmentToken('-', {}, pieces('all')),
      want: 'all',
    },
  ])
    it(`takes a token ${name}`, async () => assert.equal(await token, want));

  it('says how to give one where there is none', async () => {
    for (const given of [null, '-'])
      await assert.rejects(readEnrolmentToken(given, {}, pieces('\n')), (error) =>
        isSriovError(error, 'REQUEST_INVALID'),
      );
  });
});
