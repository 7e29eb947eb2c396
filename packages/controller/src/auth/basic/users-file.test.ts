import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSriovError } from '@virtfn/model';
import fc from 'fast-check';
import { formatUser, hashPassword, parseUsersFile, putUser, type User } from './index.ts';

const HASH = '$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const password = await hashPassword('secret');

describe('parseUsersFile()', () => {
  it('reads users, and neither comments nor empty lines', () => {
    const users = parseUsersFile(`# who may\n\nada:${HASH}:admin:p1\r\nbob:${HASH}:reader:p 2\n`, 'users');
    assert.deepEqual([...users.keys()], ['ada', 'bob']);
    assert.equal(users.get('bob')?.role, 'reader');
    assert.equal(users.get('bob')?.projectId, 'p 2');
  });

  const bad: readonly { name: string; given: string; why: RegExp }[] = [
    { name: 'a password in the clear', given: 'ada:secret:admin:p', why: /:1: .*"ada" is no scrypt hash/ },
    { name: 'an Apache hash', given: 'ada:$2y$05$abc:admin:p', why: /no scrypt hash/ },
    {
      name: 'a hash that takes 16 GiB',
      given: `ada:${HASH.replace('15', '24')}:admin:p`,
      why: /no scrypt hash/,
    },
    { name: 'a line without role', given: `ada:${HASH}`, why: /no project/ },
    { name: 'a role that is none', given: `ada:${HASH}:root:p`, why: /role "root"/ },
    { name: 'a line with more', given: `ada:${HASH}:admin:p:q`, why: /more than four/ },
    { name: 'a line without name', given: `:${HASH}:admin:p`, why: /begins with the name/ },
    {
      name: 'a user twice',
      given: `a:${HASH}:admin:p\na:${HASH}:reader:p`,
      why: /:2: user "a" is there twice/,
    },
  ];
  for (const { name, given, why } of bad) {
    it(`refuses ${name}, and never shows a password or hash`, () => {
      assert.throws(
        () => parseUsersFile(given, 'users'),
        (error) =>
          isSriovError(error, 'CONFIG_INVALID') &&
          why.test(error.message) &&
          !/secret|\$|AAAA/.test(`${error.message} ${error.hint}`),
      );
    });
  }
});

describe('putUser()', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9._@-]{1,20}$/);
  const user = fc.record({
    name,
    password: fc.constant(password),
    role: fc.constantFrom('admin', 'member', 'reader'),
    projectId: name,
  }) satisfies fc.Arbitrary<User>;

  it('writes what parseUsersFile() reads, the last of each name, and keeps comments', () => {
    fc.assert(
      fc.property(fc.array(user, { maxLength: 5 }), (users) => {
        let text = '# kept\n';
        for (const each of users) text = putUser(text, 'users', each);
        const want = new Map(users.map((each) => [each.name, formatUser(each)]));
        const got = [...parseUsersFile(text, 'users')].map(([key, each]) => [key, formatUser(each)] as const);
        assert.deepEqual(new Map(got), want);
        assert.ok(text.startsWith('# kept\n'));
      }),
    );
  });

  it('refuses what would be two fields or two lines', () => {
    for (const bad of ['', 'a:b', 'a\nb', '#a'])
      assert.throws(
        () => putUser('', 'users', { name: bad, password, role: 'admin', projectId: 'p' }),
        (error) => isSriovError(error, 'NAME_INVALID'),
        bad,
      );
  });
});
