import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestOrigin } from './request-origin.ts';
import { stepOfRequest } from './step-of-request.ts';

const ORIGIN: RequestOrigin = {
  requestId: 'req-1',
  method: 'POST',
  route: '/v2.0/ports',
  params: {},
  userId: 'u',
  userName: 'ada',
  projectId: 'p',
};

const cases: readonly {
  readonly name: string;
  readonly given: Partial<RequestOrigin>;
  readonly subjects: readonly { readonly kind: string; readonly id: string }[];
  readonly want: {
    readonly action: string;
    readonly text: string;
    readonly portId?: string;
    readonly hostId?: string;
  };
}[] = [
  {
    name: 'a port, beside the security group that comes with the first one',
    given: {},
    subjects: [
      { kind: 'security_group', id: 's' },
      { kind: 'port', id: 'a' },
    ],
    want: { action: 'POST ports', text: 'create port a', portId: 'a' },
  },
  {
    name: 'many ports at once',
    given: {},
    subjects: ['a', 'b', 'c'].map((id) => ({ kind: 'port', id })),
    want: { action: 'POST ports', text: 'create port a and 2 more', portId: 'a' },
  },
  {
    name: 'a port that is bound, with its host',
    given: { method: 'PUT', route: '/v2.0/ports/:id', params: { id: 'a' } },
    subjects: [
      { kind: 'attachment', id: 'x' },
      { kind: 'desired', id: 'fish' },
      { kind: 'port', id: 'a' },
    ],
    want: { action: 'PUT ports/:id', text: 'update port a', portId: 'a', hostId: 'fish' },
  },
  {
    name: 'what is spelled otherwise in a path',
    given: { route: '/v2.0/security-group-rules' },
    subjects: [{ kind: 'security_group', id: 's' }],
    want: { action: 'POST security-group-rules', text: 'create security_group s' },
  },
  {
    name: 'a policy by one of its rules',
    given: {
      method: 'DELETE',
      route: '/v2.0/qos/policies/:policyId/x/:ruleId',
      params: { policyId: 'q', ruleId: 'r' },
    },
    subjects: [
      { kind: 'port', id: 'a' },
      { kind: 'policy', id: 'q' },
    ],
    want: { action: 'DELETE qos/policies/:policyId/x/:ruleId', text: 'update policy q' },
  },
  {
    name: 'an agent that was switched off, by its host',
    given: { method: 'PUT', route: '/v2.0/agents/:id', params: { id: 'i' } },
    subjects: [{ kind: 'agent', id: 'fish' }],
    want: { action: 'PUT agents/:id', text: 'update agent fish', hostId: 'fish' },
  },
  {
    name: 'an agent that was deleted',
    given: { method: 'DELETE', route: '/v2.0/agents/:id', params: { id: 'i' } },
    subjects: [{ kind: 'agent', id: 'fish' }],
    want: { action: 'DELETE agents/:id', text: 'delete agent fish', hostId: 'fish' },
  },
  {
    name: 'what is no object',
    given: { method: 'POST', route: '/virtfn/v1/ports/:portId/explain', params: { portId: 'a' } },
    subjects: [{ kind: 'agent', id: 'fish' }],
    want: { action: 'POST ports/:portId/explain', text: 'update the fleet' },
  },
];

describe('stepOfRequest()', () => {
  for (const { name, given, subjects, want } of cases) {
    it(`names ${name}`, () => {
      const step = stepOfRequest({ ...ORIGIN, ...given }, subjects, '2026-01-02T03:04:05.000Z');
      const { action, text, portId, hostId } = step;
      assert.deepEqual({ action, text, portId, hostId }, { portId: null, hostId: null, ...want });
      assert.deepEqual(step.actor, { kind: 'user', userId: 'u', userName: 'ada', projectId: 'p' });
      assert.equal(step.cause, 'req-1');
    });
  }
});
