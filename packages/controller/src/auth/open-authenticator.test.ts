import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestHeaders } from './authenticator.ts';
import type { Identity } from './identity.ts';
import { OpenAuthenticator } from './index.ts';

describe('OpenAuthenticator', () => {
  const fake = { userId: 'fake_user_id', userName: null, projectId: 'fake_project_id' };
  const admin: Identity = { ...fake, roles: ['admin', 'member', 'reader'], isAdmin: true };
  const member: Identity = { ...admin, roles: ['member', 'reader'], isAdmin: false };
  const cases: readonly { name: string; given: RequestHeaders; want: Identity }[] = [
    { name: 'makes everybody administrator of one project', given: {}, want: admin },
    { name: 'ignores a token', given: { 'x-auth-token': 'any' }, want: admin },
    {
      name: 'takes project and user from headers',
      given: { 'x-project-id': 'p1', 'x-user-id': 'u1', 'x-user-name': 'name' },
      want: { ...admin, projectId: 'p1', userId: 'u1', userName: 'name' },
    },
    {
      name: 'takes the project from its old header',
      given: { 'x-tenant-id': 'p1' },
      want: { ...admin, projectId: 'p1' },
    },
    { name: 'takes away what the roles do not have', given: { 'x-roles': 'member, other' }, want: member },
    { name: 'knows roles of virtfn only', given: { 'x-roles': 'other' }, want: { ...member, roles: [] } },
  ];
  for (const { name, given, want } of cases) {
    it(name, async () => {
      assert.deepEqual(await new OpenAuthenticator().authenticate(given), want);
    });
  }
});
