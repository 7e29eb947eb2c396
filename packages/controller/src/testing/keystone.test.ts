import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithoutKeystone, startKeystone } from './index.ts';

test('startKeystone() gives a Keystone with users, whose address is the same after a stop', {
  skip: skipWithoutKeystone(),
}, async () => {
  await using keystone = await startKeystone();
  const { admin, member, reader } = keystone;
  const operator = await keystone.issueToken(admin);
  const rolesOf = async (token: string): Promise<readonly string[]> => {
    const answer = await fetch(`${keystone.url}/auth/tokens`, {
      headers: { 'x-auth-token': operator, 'x-subject-token': token },
    });
    const body = (await answer.json()) as {
      readonly token?: { readonly roles: readonly { name: string }[] };
    };
    return (body.token?.roles ?? []).map(({ name }) => name).toSorted();
  };
  assert.ok((await rolesOf(operator)).includes('admin'));
  const token = await keystone.issueToken(member);
  assert.deepEqual(await rolesOf(token), ['member', 'reader']);
  assert.deepEqual(await rolesOf(await keystone.issueToken(reader)), ['reader']);
  await keystone.revokeToken(token);
  assert.deepEqual(await rolesOf(token), []);
  await keystone.stop();
  await assert.rejects(keystone.issueToken(admin));
  await keystone.start();
  assert.ok((await rolesOf(operator)).includes('admin'));
});
