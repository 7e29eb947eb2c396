import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditStep } from '@virtfn/contract';
import { isAsked, optionsOf, queryOf, type StepFilter } from './step-filter.ts';

const ANY: StepFilter = { host: null, port: null, actor: null, isFailed: false };
const STEP: AuditStep = {
  id: 1,
  at: '2026-01-02T03:04:05Z',
  actor: { kind: 'user', userId: 'u-1', userName: 'ada', projectId: 'p-1' },
  cause: 'req-1',
  action: 'PUT ports/:id',
  text: 'update port web',
  object: null,
  hostId: 'fish',
  pf: null,
  vfIndex: null,
  portId: 'web',
  attachmentId: null,
  error: null,
};

describe('isAsked()', () => {
  for (const { name, filter, step = STEP, want } of [
    { name: 'any', filter: {}, want: true },
    { name: 'of the host', filter: { host: 'fish' }, want: true },
    { name: 'of another host', filter: { host: 'whale' }, want: false },
    { name: 'about another port', filter: { port: 'shop' }, want: false },
    { name: 'of any user', filter: { actor: 'user' }, want: true },
    { name: 'of the user by name', filter: { actor: 'ada' }, want: true },
    { name: 'of the user by id', filter: { actor: 'u-1' }, want: true },
    { name: 'of agents', filter: { actor: 'agent' }, want: false },
    { name: 'that failed', filter: { isFailed: true }, want: false },
    {
      name: 'that failed, of one that did',
      filter: { isFailed: true },
      step: { ...STEP, error: { code: 'KERNEL_REFUSED', message: '' } },
      want: true,
    },
    { name: 'of the host and of agents', filter: { host: 'fish', actor: 'agent' }, want: false },
  ])
    it(name, () => {
      assert.equal(isAsked(step, { ...ANY, ...filter }), want);
    });
});

describe('queryOf() and optionsOf()', () => {
  it('ask for the same', () => {
    const filter = { host: 'fish', port: 'web', actor: 'ada', isFailed: true };
    assert.deepEqual(queryOf(filter), { host: 'fish', port: 'web', actor: 'ada', code: 'any' });
    assert.deepEqual(optionsOf(filter), ['--host', 'fish', '--port', 'web', '--actor', 'ada', '--failed']);
    assert.deepEqual([queryOf(ANY), optionsOf(ANY)], [{}, []]);
  });
});
