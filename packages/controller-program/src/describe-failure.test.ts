import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SriovError } from '@virtfn/model';
import { describeFailure } from './describe-failure.ts';

test('describeFailure() says what was to be done, and each cause', () => {
  const full = new Error('the database failed', { cause: new Error('ENOSPC: no space left on device') });
  const failure = new SriovError('STORE_FAILED', 'Cannot make a change: the database failed', {
    cause: full,
  });
  assert.equal(
    describeFailure(failure),
    'Cannot make a change: the database failed; because: the database failed; because: ENOSPC: no space left on device',
  );
});

test('describeFailure() says where something happened that nobody meant to', () => {
  assert.match(
    describeFailure(new TypeError('x is not a function')),
    /x is not a function[^]*describe-failure\.test/u,
  );
});

test('describeFailure() ends with causes that go round', () => {
  const round = new Error('round');
  round.cause = round;
  assert.ok(describeFailure(new SriovError('STORE_FAILED', 'Cannot', { cause: round })).length < 500);
});
