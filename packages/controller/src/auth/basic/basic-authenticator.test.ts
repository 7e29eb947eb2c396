import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { isSriovError } from '@virtfn/model';
import type { RequestHeaders } from '../authenticator.ts';
import { BasicAuthenticator, hashPassword, type UserTable } from './index.ts';

const users: UserTable = new Map([
  ['ada', { name: 'ada', password: await hashPassword('pass:wörd'), role: 'admin', projectId: 'p1' }],
  ['bob', { name: 'bob', password: await hashPassword('other'), role: 'reader', projectId: 'p2' }],
]);
const login = (name: string, password: string): RequestHeaders => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

describe('BasicAuthenticator', () => {
  let now: number;
  let delays: number[];
  /** Whether those who fail wait for ever. */
  let areHeld: boolean;
  let authenticator: BasicAuthenticator;
  beforeEach(() => {
    now = Date.parse('2026-01-02T03:04:05Z');
    delays = [];
    areHeld = false;
    authenticator = new BasicAuthenticator({
      users,
      now: () => new Date(now),
      delay: (ms) => {
        delays.push(ms);
        return areHeld ? new Promise(() => {}) : Promise.resolve();
      },
    });
  });
  const refuses = (headers: RequestHeaders): Promise<void> =>
    assert.rejects(authenticator.authenticate(headers), (error) =>
      isSriovError(error, 'AUTHENTICATION_FAILED'),
    );

  it('knows a user by name and password', async () => {
    assert.deepEqual(await authenticator.authenticate(login('ada', 'pass:wörd')), {
      userId: 'ada',
      userName: 'ada',
      projectId: 'p1',
      roles: ['admin', 'member', 'reader'],
      isAdmin: true,
    });
    // The same letters, typed otherwise.
    await authenticator.authenticate(login('ada', 'pass:wo\u0308rd'));
    assert.equal((await authenticator.authenticate(login('bob', 'other'))).isAdmin, false);
  });

  const bad: readonly { name: string; given: RequestHeaders }[] = [
    { name: 'no header', given: {} },
    { name: 'another scheme', given: { authorization: 'Digest ada' } },
    { name: 'what is not base64', given: { authorization: 'Basic ada:pass' } },
    { name: 'no colon', given: { authorization: 'Basic YWRh' } },
    { name: 'a wrong password', given: login('ada', 'pass') },
    { name: 'another one’s password', given: login('ada', 'other') },
    { name: 'no password', given: login('ada', '') },
    { name: 'a name that is nobody’s', given: login('eve', 'other') },
    { name: 'a name that every object has', given: login('__proto__', '') },
    { name: 'a megabyte', given: login('ada', 'x'.repeat(1_000_000)) },
  ];
  for (const { name, given } of bad) it(`refuses ${name}`, () => refuses(given));

  it('lets the ones wait longer who fail again and again, and forgets it when they succeed', async () => {
    for (let times = 0; times < 6; times += 1) await refuses(login('ada', 'wrong'));
    await refuses(login('bob', 'wrong'));
    await authenticator.authenticate(login('ada', 'pass:wörd'));
    await refuses(login('ada', 'wrong'));
    assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 4000, 250, 250]);
  });

  it('answers at once whose password has just fitted, while so many guess that nobody else is looked at', async () => {
    await authenticator.authenticate(login('ada', 'pass:wörd'));
    areHeld = true;
    for (let guesses = 0; guesses < 32; guesses += 1)
      void authenticator.authenticate(login('ada', 'wrong')).catch(() => {});
    await authenticator.authenticate(login('ada', 'pass:wörd'));
    now += 60_000;
    await assert.rejects(authenticator.authenticate(login('ada', 'pass:wörd')), (error) =>
      isSriovError(error, 'AUTHENTICATION_UNAVAILABLE'),
    );
    await authenticator.authenticate(login('bob', 'other'));
  });

  it('forgets what fitted when the users are others', async () => {
    await authenticator.authenticate(login('bob', 'other'));
    authenticator.replaceUsers(new Map([...users].filter(([name]) => name !== 'bob')));
    await refuses(login('bob', 'other'));
  });
});
