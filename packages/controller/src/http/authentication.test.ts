import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SriovError } from '@virtfn/model';
import Fastify from 'fastify';
import { type Authenticator, identityOf, refuseCredentials } from '../auth/index.ts';
import { addAuthentication, getIdentity, isStillAsker } from './authentication.ts';

/** Knows two tokens by heart, and what Keystone’s middleware says to all others. */
const authenticator: Authenticator = {
  isOpen: false,
  async authenticate(headers) {
    const token = headers['x-auth-token'];
    if (token === 'late') throw new SriovError('AUTHENTICATION_UNAVAILABLE', 'Cannot reach Keystone: away');
    if (token !== 'admin' && token !== 'member') throw refuseCredentials('unknown');
    return identityOf({ userId: token, userName: token }, 'p1', [token]);
  },
  challenge: () => ({ 'www-authenticate': 'Keystone uri="http://127.0.0.1:5000"' }),
};

function serverUnderTest() {
  const server = Fastify({ genReqId: () => 'req-1' });
  addAuthentication(server, authenticator);
  server.setErrorHandler((error, _, reply) =>
    reply.status(500).send(error instanceof SriovError ? error.code : 'other'),
  );
  server.setNotFoundHandler((_, reply) => reply.status(404).send('nothing there'));
  server.get('/healthz', { config: { isPublic: true } }, async () => 'ok');
  server.get('/v2.0/ports', (request, reply) => reply.send(getIdentity(request).userId));
  server.get('/virtfn/v1/hosts', { config: { needsAdmin: true } }, async () => 'hosts');
  server.get('/forgotten', async () => 'a route whose author did not think of it');
  return server;
}

describe('addAuthentication()', () => {
  const cases: readonly { name: string; url: string; token?: string; want: readonly [number, string] }[] = [
    { name: 'public without a token', url: '/healthz', want: [200, 'ok'] },
    { name: 'a token that is known', url: '/v2.0/ports', token: 'member', want: [200, 'member'] },
    { name: 'none', url: '/virtfn/v1/hosts', want: [500, 'AUTHENTICATION_FAILED'] },
    { name: 'a wrong one', url: '/virtfn/v1/hosts', token: 'x', want: [500, 'AUTHENTICATION_FAILED'] },
    {
      name: 'a member where it takes more',
      url: '/virtfn/v1/hosts',
      token: 'member',
      want: [500, 'ROLE_MISSING'],
    },
    { name: 'an administrator', url: '/virtfn/v1/hosts', token: 'admin', want: [200, 'hosts'] },
    { name: 'Keystone away', url: '/v2.0/ports', token: 'late', want: [500, 'AUTHENTICATION_UNAVAILABLE'] },
    { name: 'a route that says nothing', url: '/forgotten', want: [500, 'AUTHENTICATION_FAILED'] },
    { name: 'the same route spelled otherwise', url: '/f%6Frgotten', want: [500, 'AUTHENTICATION_FAILED'] },
    {
      name: 'a route of Neutron spelled otherwise',
      url: '/v2%2E0/ports',
      want: [500, 'AUTHENTICATION_FAILED'],
    },
    { name: 'nothing there', url: '/nothing', want: [404, 'nothing there'] },
    { name: 'nothing there below the API', url: '/virtfn/v1/x', want: [500, 'AUTHENTICATION_FAILED'] },
    { name: 'nothing there, with a token', url: '/v2.0/x', token: 'member', want: [404, 'nothing there'] },
    { name: 'what only begins like the API', url: '/v2.0x', want: [404, 'nothing there'] },
  ];
  for (const { name, url, token, want } of cases) {
    it(`answers ${want.join(' ')} to ${url}: ${name}`, async () => {
      const headers = token === undefined ? {} : { 'x-auth-token': token };
      const answer = await serverUnderTest().inject({ url, headers });
      assert.deepEqual([answer.statusCode, answer.body], want);
    });
  }

  it('answers without a token below /v2.0 what Keystone’s middleware does', async () => {
    for (const url of ['/v2.0/ports', '/v2.0/', '/v2.0/nothing?fields=id']) {
      const answer = await serverUnderTest().inject({ url });
      assert.equal(answer.statusCode, 401);
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.equal(answer.headers['www-authenticate'], 'Keystone uri="http://127.0.0.1:5000"');
      assert.equal(answer.headers['x-openstack-request-id'], 'req-1');
      assert.equal(
        answer.body,
        '{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}',
      );
    }
  });
});

describe('isStillAsker()', () => {
  const changed = (answer: () => Promise<ReturnType<typeof identityOf>>): Authenticator => ({
    ...authenticator,
    authenticate: answer,
  });
  const member = (roles: readonly string[]) => async () =>
    identityOf({ userId: 'member', userName: 'member' }, 'p1', roles);
  for (const { name, now, want } of [
    { name: 'who is who he was', now: changed(member(['member'])), want: true },
    { name: 'who may more by now, or less', now: changed(member(['admin'])), want: false },
    {
      name: 'whose token was revoked',
      now: changed(() => Promise.reject(refuseCredentials('revoked'))),
      want: false,
    },
    {
      name: 'of whom nobody can say',
      now: changed(() => Promise.reject(new SriovError('AUTHENTICATION_UNAVAILABLE', 'away'))),
      want: true,
    },
  ])
    it(`says ${want ? 'yes' : 'no'} of one ${name}`, async () => {
      const server = serverUnderTest();
      server.get('/still', (request) => isStillAsker(now, request));
      const answer = await server.inject({ url: '/still', headers: { 'x-auth-token': 'member' } });
      assert.equal(answer.json(), want);
    });
});
