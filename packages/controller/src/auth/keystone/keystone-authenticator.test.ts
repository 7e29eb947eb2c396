import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ErrorCode, isSriovError } from '@virtfn/model';
import { keystoneClient } from '../../http/index.ts';
import { type Keystone, skipWithoutKeystone, startKeystone } from '../../testing/index.ts';
import type { Identity } from '../identity.ts';
import { KeystoneAuthenticator, type KeystoneSettings, type SendToKeystone } from './index.ts';

const FIVE_MINUTES_MS = 300_000;

describe('KeystoneAuthenticator with a real Keystone', { skip: skipWithoutKeystone() }, () => {
  let keystone: Keystone;
  let settings: KeystoneSettings;
  /** What was asked of Keystone: method, and virtfn's own token. */
  let asked: { readonly method: string; readonly own: string | undefined }[];
  let ahead: number;
  let authenticator: KeystoneAuthenticator;
  let send: SendToKeystone;
  before(async () => {
    keystone = await startKeystone();
    const { name, password, projectName } = keystone.service;
    const ofDomain = { userDomainName: 'Default', projectDomainName: 'Default' };
    settings = { publicUrl: 'http://127.0.0.1:5000', userName: name, password, projectName, ...ofDomain };
  });
  after(() => keystone[Symbol.asyncDispose]());
  beforeEach(() => {
    asked = [];
    ahead = 0;
    const client = keystoneClient({ url: keystone.url, ca: null });
    send = (request) => {
      asked.push({ method: request.method, own: request.headers['x-auth-token'] });
      return client(request);
    };
    authenticator = authenticatorOf(settings);
  });
  const authenticatorOf = (given: KeystoneSettings): KeystoneAuthenticator =>
    new KeystoneAuthenticator({
      settings: given,
      send: (request) => send(request),
      now: () => new Date(Date.now() + ahead),
    });
  const ask = (token: string): Promise<Identity> => authenticator.authenticate({ 'x-auth-token': token });
  const refuses = (asking: Promise<Identity>, code: ErrorCode): Promise<void> =>
    assert.rejects(asking, (error) => isSriovError(error, code));
  const methods = (): string => asked.map(({ method }) => method).join(' ');

  it('knows an administrator and a member by their tokens', async () => {
    const { admin, member, reader } = keystone;
    assert.deepEqual(await ask(await keystone.issueToken(admin)), {
      userId: admin.userId,
      userName: 'admin',
      projectId: admin.projectId,
      roles: ['admin', 'member', 'reader'],
      isAdmin: true,
    });
    assert.deepEqual(await ask(await keystone.issueToken(member)), {
      userId: member.userId,
      userName: 'member',
      projectId: member.projectId,
      roles: ['member', 'reader'],
      isAdmin: false,
    });
    assert.deepEqual((await ask(await keystone.issueToken(reader))).roles, ['reader']);
    assert.equal(methods(), 'POST GET GET GET', 'one login for all');
  });

  it('refuses what is no token, and asks once about one that is asked again', async () => {
    await refuses(authenticator.authenticate({}), 'AUTHENTICATION_FAILED');
    await refuses(ask('two words'), 'AUTHENTICATION_FAILED');
    await refuses(ask('x'.repeat(8193)), 'AUTHENTICATION_FAILED');
    assert.equal(methods(), '');
    await refuses(ask('bogus'), 'AUTHENTICATION_FAILED');
    await refuses(ask('bogus'), 'AUTHENTICATION_FAILED');
    assert.equal(methods(), 'POST GET');
  });

  it('asks once for many requests with one token at a time, and not again for five minutes', async () => {
    const token = await keystone.issueToken(keystone.member);
    await Promise.all(Array.from({ length: 50 }, () => ask(token)));
    assert.equal(methods(), 'POST GET');
    ahead = FIVE_MINUTES_MS - 1000;
    await ask(token);
    assert.equal(methods(), 'POST GET');
    ahead = FIVE_MINUTES_MS + 1000;
    await ask(token);
    assert.equal(methods(), 'POST GET GET');
  });

  it('refuses a revoked token within five minutes', async () => {
    const token = await keystone.issueToken(keystone.member);
    await ask(token);
    await keystone.revokeToken(token);
    ahead = FIVE_MINUTES_MS;
    await refuses(ask(token), 'AUTHENTICATION_FAILED');
  });

  it('refuses a token from the moment it expires', async () => {
    const token = await keystone.issueToken(keystone.member);
    await ask(token);
    ahead = 3_600_000;
    await refuses(ask(token), 'AUTHENTICATION_FAILED');
  });

  it('logs in again when its own token is revoked, or in its last minute', async () => {
    await ask(await keystone.issueToken(keystone.member));
    await keystone.revokeToken(asked.at(-1)?.own ?? '');
    await ask(await keystone.issueToken(keystone.member));
    assert.equal(methods(), 'POST GET GET POST GET');
    ahead = 3_590_000;
    await ask(await keystone.issueToken(keystone.reader));
    assert.equal(methods(), 'POST GET GET POST GET POST GET');
  });

  it('says that its own password is wrong, and not that the user’s token is', async () => {
    authenticator = authenticatorOf({ ...settings, password: 'wrong' });
    await assert.rejects(
      ask(await keystone.issueToken(keystone.member)),
      (error) =>
        isSriovError(error, 'AUTHENTICATION_UNAVAILABLE') &&
        /log in to Keystone as "virtfn": it answered 401/.test(error.message),
    );
  });

  it('serves the tokens that it knows while Keystone is away, and all others when it is back', async () => {
    const known = await keystone.issueToken(keystone.member);
    const other = await keystone.issueToken(keystone.admin);
    await ask(known);
    await keystone.stop();
    assert.equal((await ask(known)).userName, 'member');
    await refuses(ask(other), 'AUTHENTICATION_UNAVAILABLE');
    await keystone.start();
    assert.equal((await ask(other)).userName, 'admin');
  });

  it('takes nothing for Keystone that is not', async () => {
    send = async () => ({ status: 201, headers: { 'x-subject-token': 'own' }, body: '<html>' });
    await refuses(ask('any'), 'AUTHENTICATION_UNAVAILABLE');
  });
});
