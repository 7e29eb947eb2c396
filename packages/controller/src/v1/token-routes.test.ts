import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NewTokenDocument, ROUTES, type TokenList } from '@virtfn/contract';
import { Value } from 'typebox/value';
import { TokenAuthenticator } from '../auth/index.ts';
import { ADMIN, member, NeutronRig } from '../neutron/testing/index.ts';
import { tokenTable } from '../store/index.ts';

const REQUEST = { name: 'terraform', role: 'member', projectId: 'p1', expiresInDays: 30 };

async function openRig() {
  const rig = await NeutronRig.start();
  const ask = async (
    method: 'DELETE' | 'GET' | 'POST',
    path: string,
    body?: object,
    headers: object = ADMIN,
  ) => {
    const answer = await rig.controller.server.inject({
      method,
      url: `/virtfn/v1${path}`,
      headers: { ...headers, host: 'localhost' },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json<unknown>(), text: answer.body };
  };
  return {
    rig,
    ask,
    make: async () => (await ask('POST', '/tokens', REQUEST)).body as NewTokenDocument,
    list: async () => ((await ask('GET', '/tokens')).body as TokenList).tokens,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

const codeOf = ({ body }: { readonly body: unknown }): string =>
  (body as { readonly error: { readonly code: string } }).error.code;

describe('/virtfn/v1/tokens', () => {
  it('makes a token that is good, shows it once, and keeps nothing that proves it', async () => {
    await using opened = await openRig();
    const { rig, ask, make } = opened;
    const made = await make();
    assert.deepEqual([...Value.Errors(ROUTES.createToken.response, made)], []);
    assert.equal(Date.parse(made.expiresAt ?? '') - Date.parse(made.createdAt), 30 * 24 * 3_600_000);
    const table = tokenTable(rig.store);
    const authenticator = new TokenAuthenticator({ table, now: () => rig.now(), otherwise: null });
    const identity = await authenticator.authenticate({ 'x-auth-token': made.token });
    assert.deepEqual([identity.userName, identity.projectId, identity.isAdmin], ['terraform', 'p1', false]);
    const { body, text } = await ask('GET', '/tokens');
    assert.deepEqual([...Value.Errors(ROUTES.listTokens.response, body)], []);
    const [kept] = await table.list();
    assert.ok(!text.includes(made.token) && !text.includes(kept?.hash ?? assert.fail()));
  });

  it('revokes a token by its name, once', async () => {
    await using opened = await openRig();
    const { ask, make, list } = opened;
    await make();
    assert.deepEqual((await ask('DELETE', '/tokens/terraform')).body, { name: 'terraform' });
    assert.deepEqual(await list(), []);
    const again = await ask('DELETE', '/tokens/terraform');
    assert.deepEqual([again.status, codeOf(again)], [404, 'OBJECT_UNKNOWN']);
  });

  it('says in the audit log who made and revoked which, and not what proves it', async () => {
    await using opened = await openRig();
    const { ask, make } = opened;
    const { token } = await make();
    await ask('POST', '/tokens', REQUEST);
    await ask('DELETE', '/tokens/terraform');
    const { body, text } = await ask('GET', '/steps');
    const { steps } = body as { readonly steps: readonly { readonly text: string }[] };
    assert.deepEqual(
      steps.map((step) => step.text),
      ['delete token terraform', 'create token terraform'],
    );
    assert.ok(!text.includes(token));
  });

  const refused: readonly { name: string; given: object; want: readonly [number, string] }[] = [
    { name: 'a role that there is not', given: { role: 'root' }, want: [400, 'REQUEST_INVALID'] },
    { name: 'a name that is no word', given: { name: 'a b' }, want: [400, 'NAME_INVALID'] },
    { name: 'no days', given: { expiresInDays: 0 }, want: [400, 'REQUEST_INVALID'] },
    { name: 'a token of its own making', given: { token: 'vft_x' }, want: [400, 'REQUEST_INVALID'] },
  ];
  for (const { name, given, want } of refused)
    it(`refuses ${name}`, async () => {
      await using opened = await openRig();
      const answer = await opened.ask('POST', '/tokens', { ...REQUEST, ...given });
      assert.deepEqual([answer.status, codeOf(answer)], want);
      assert.deepEqual(await opened.list(), []);
    });

  it('refuses a second token of a name', async () => {
    await using opened = await openRig();
    await opened.make();
    const second = await opened.ask('POST', '/tokens', REQUEST);
    assert.deepEqual([second.status, codeOf(second)], [400, 'DESIRED_CONFLICT']);
  });

  it('is for administrators only', async () => {
    await using opened = await openRig();
    const { ask } = opened;
    const ada = member('p1');
    for (const answer of [
      await ask('GET', '/tokens', undefined, ada),
      await ask('POST', '/tokens', REQUEST, ada),
      await ask('DELETE', '/tokens/terraform', undefined, ada),
    ])
      assert.deepEqual([answer.status, codeOf(answer)], [403, 'ROLE_MISSING']);
  });
});
