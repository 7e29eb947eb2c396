import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { openDatabase, Store, tokenTable } from '../../store/index.ts';
import { type DatabaseRig, DATABASES } from '../../testing/index.ts';
import type { RequestHeaders } from '../authenticator.ts';
import { OpenAuthenticator } from '../open-authenticator.ts';
import { makeToken, TokenAuthenticator, type TokenTable } from './index.ts';

for (const { name, skip, open } of DATABASES) suite(name, skip, open);

function suite(database: string, skip: string | false, open: () => Promise<DatabaseRig>): void {
  describe(`TokenAuthenticator with tokens in ${database}`, { skip }, () => {
    let rig: DatabaseRig;
    let now: number;
    let store: Store;
    let table: TokenTable;
    let authenticator: TokenAuthenticator;
    const clock = (): Date => new Date(now);
    before(async () => {
      rig = await open();
    });
    after(() => rig.dispose());
    beforeEach(async () => {
      now = Date.parse('2026-01-02T03:30:00Z');
      store = await Store.open({ database: await openDatabase(await rig.createDatabase()), now: clock });
      table = tokenTable(store);
      authenticator = new TokenAuthenticator({ table, now: clock, otherwise: null });
    });
    afterEach(() => store.close());

    const make = async (name: string, expiresAt: Date | null = null): Promise<string> => {
      const { token, stored } = makeToken({ name, role: 'member', projectId: 'p1', expiresAt }, clock());
      await table.create(stored);
      return token;
    };
    const refuses = (headers: RequestHeaders): Promise<void> =>
      assert.rejects(authenticator.authenticate(headers), (error) =>
        isSriovError(error, 'AUTHENTICATION_FAILED'),
      );

    it('knows a token in X-Auth-Token and as Bearer', async () => {
      const token = await make('deploy');
      const identity = await authenticator.authenticate({ 'x-auth-token': token });
      assert.deepEqual(identity, {
        userId: `token-${(await table.list())[0]?.tokenId}`,
        userName: 'deploy',
        projectId: 'p1',
        roles: ['member', 'reader'],
        isAdmin: false,
      });
      assert.deepEqual(await authenticator.authenticate({ authorization: `Bearer ${token}` }), identity);
    });

    it('refuses what is no token of the table, and shows none by what it keeps', async () => {
      const token = await make('deploy');
      const [kept] = await table.list();
      assert.ok(!JSON.stringify(kept).includes(token.slice(4)));
      for (const given of ['', 'vft_', kept?.hash ?? '', `${token.slice(0, -1)}-`, token.toUpperCase()])
        await refuses({ 'x-auth-token': given });
      await refuses({});
      await refuses({ authorization: `Basic ${token}` });
    });

    it('refuses a token from the moment it expires, also one that was remembered', async () => {
      const token = await make('short', new Date(now + 1000));
      await authenticator.authenticate({ 'x-auth-token': token });
      now += 1000;
      await refuses({ 'x-auth-token': token });
    });

    it('refuses a revoked token at most five seconds later', async () => {
      const token = await make('deploy');
      await authenticator.authenticate({ 'x-auth-token': token });
      await table.revoke('deploy');
      await assert.rejects(table.revoke('deploy'), { code: 'OBJECT_UNKNOWN', message: /"deploy"/ });
      now += 5000;
      await refuses({ 'x-auth-token': token });
    });

    it('notes the hour of the last use, once an hour', async () => {
      const token = await make('deploy');
      const revision = await store.revision();
      for (let times = 0; times < 5; times += 1) await authenticator.authenticate({ 'x-auth-token': token });
      assert.equal((await table.list())[0]?.lastUsedAt?.toISOString(), '2026-01-02T03:00:00.000Z');
      now += 10_000;
      await authenticator.authenticate({ 'x-auth-token': token });
      assert.equal(await store.revision(), revision + 1);
      now += 3_600_000;
      await authenticator.authenticate({ 'x-auth-token': token });
      assert.equal((await table.list())[0]?.lastUsedAt?.toISOString(), '2026-01-02T04:00:00.000Z');
    });

    it('makes no second token of a name', async () => {
      await make('deploy');
      await assert.rejects(make('deploy'), (error) => isSriovError(error, 'DESIRED_CONFLICT'));
    });

    it('asks the other way for whoever has no token of ours', async () => {
      const both = new TokenAuthenticator({ table, now: clock, otherwise: new OpenAuthenticator() });
      assert.equal((await both.authenticate({ 'x-auth-token': 'of-keystone' })).isAdmin, true);
      const token = await make('deploy');
      assert.equal((await both.authenticate({ 'x-auth-token': token })).isAdmin, false);
    });
  });
}
