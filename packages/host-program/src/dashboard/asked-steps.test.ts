import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditStep, StepQueryDocument } from '@virtfn/contract';
import fc from 'fast-check';
import { askedSteps } from './asked-steps.ts';

const stepOf = (id: number, more: Partial<AuditStep> = {}): AuditStep => ({
  id,
  at: new Date(Date.parse('2026-01-02T03:00:00Z') + id * 1000).toISOString(),
  actor: { kind: 'agent' },
  cause: 'reconcile',
  action: 'set-vf',
  text: `step ${id}`,
  object: null,
  hostId: 'fish',
  pf: '0000:82:00.0',
  vfIndex: null,
  portId: null,
  attachmentId: null,
  error: null,
  ...more,
});

const STEPS = [
  stepOf(4, { vfIndex: 0 }),
  stepOf(3, { error: { code: 'KERNEL_REFUSED', message: 'no' } }),
  stepOf(2, { pf: '0000:07:00.0' }),
  stepOf(1, { error: { code: 'STEP_TIMEOUT', message: 'no' } }),
];

describe('askedSteps()', () => {
  const cases: readonly {
    readonly name: string;
    readonly given: StepQueryDocument;
    readonly want: readonly number[];
  }[] = [
    { name: 'all', given: {}, want: [4, 3, 2, 1] },
    { name: 'those of a PF', given: { pf: '0000:07:00.0' }, want: [2] },
    { name: 'those of a VF', given: { vf: 0 }, want: [4] },
    { name: 'those that failed', given: { code: 'any' }, want: [3, 1] },
    { name: 'those that were done', given: { code: 'none' }, want: [4, 2] },
    { name: 'those that failed so', given: { code: 'STEP_TIMEOUT' }, want: [1] },
    { name: 'those of the agent', given: { actor: 'agent' }, want: [4, 3, 2, 1] },
    { name: 'nothing of a user', given: { actor: 'user' }, want: [] },
    { name: 'nothing of another host', given: { host: 'whale' }, want: [] },
    { name: 'nothing of a port', given: { port: 'p1' }, want: [] },
    {
      name: 'those of a time, in whichever zone it is said',
      given: { since: '2026-01-02T04:00:02+01:00', until: '2026-01-02T03:00:04Z' },
      want: [3, 2],
    },
  ];
  for (const { name, given, want } of cases)
    it(`gives ${name}`, () => {
      assert.deepEqual(
        askedSteps(STEPS, given).steps.map(({ id }) => id),
        want,
      );
    });

  it('gives each step once and in order, whatever the size of the pages', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 12 }), (count, limit) => {
        const all = Array.from({ length: count }, (_, index) => stepOf(count - index));
        const seen: AuditStep[] = [];
        let marker: string | null = null;
        do {
          const page = askedSteps(all, { limit, ...(marker === null ? {} : { marker }) });
          seen.push(...page.steps);
          marker = page.next;
        } while (marker !== null);
        assert.deepEqual(seen, all);
      }),
    );
  });
});
