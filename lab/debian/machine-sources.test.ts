import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabError } from '../lab-error.ts';
import { chooseLabSources, formatSources, parseDeb822, parseSourcesList } from './machine-sources.ts';

const emulator = {
  codename: 'trixie',
  backports: 'trixie-backports',
  sources: ['trixie', 'trixie-backports'].map((suite) => ({
    uri: 'http://archive.example/debian',
    suite,
    components: ['main'],
    signedBy: null,
  })),
};
const archive = { uri: 'http://archive.example/debian', suite: 'bookworm', signedBy: null };

test('parseSourcesList() reads deb lines with and without options', () => {
  const text = [
    '# a comment',
    'deb http://archive.example/debian bookworm main contrib # the rest',
    'deb [arch=amd64 signed-by=/keys/a.gpg] http://archive.example/debian bookworm-updates main',
    'deb-src http://archive.example/debian bookworm main',
  ].join('\n');
  assert.deepEqual(parseSourcesList(text), [
    { ...archive, components: ['main', 'contrib'] },
    { ...archive, suite: 'bookworm-updates', components: ['main'], signedBy: '/keys/a.gpg' },
  ]);
});

test('parseDeb822() gives one source for each URI and suite, and skips what is disabled or commented', () => {
  const text = `Types: deb deb-src
# URIs: http://old.example/debian
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /keys/a.gpg

Types: deb
Enabled: no
URIs: http://other.example
Suites: bookworm
Components: main
`;
  assert.deepEqual(parseDeb822(text), [
    { ...archive, components: ['main'], signedBy: '/keys/a.gpg' },
    { ...archive, suite: 'bookworm-updates', components: ['main'], signedBy: '/keys/a.gpg' },
  ]);
});

test('parseDeb822() keeps a whole key, and formatSources() writes it back', () => {
  const key = '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINB\n -----END PGP PUBLIC KEY BLOCK-----';
  const source = { ...archive, components: ['main'], signedBy: key };
  assert.deepEqual(parseDeb822(formatSources([source])), [source]);
});

test('chooseLabSources() derives backports from the mirror of the release, and leaves out strangers', () => {
  const stranger = { uri: 'http://other.example', suite: 'nodistro', components: ['main'], signedBy: null };
  const own = { ...archive, components: ['main', 'non-free'] };
  assert.deepEqual(chooseLabSources([stranger, own], 'bookworm'), {
    codename: 'bookworm',
    sources: [
      { ...archive, components: ['main'] },
      { ...archive, suite: 'bookworm-backports', components: ['main'] },
    ],
    backports: 'bookworm-backports',
    emulator,
  });
});

test('chooseLabSources() needs no backports on trixie but for the emulator', () => {
  const trixie = { ...archive, suite: 'trixie', components: ['main'] };
  assert.deepEqual(chooseLabSources([trixie], 'trixie'), {
    codename: 'trixie',
    sources: [trixie],
    backports: null,
    emulator,
  });
});

test('chooseLabSources() refuses another distribution, and a machine without a source', () => {
  assert.throws(() => chooseLabSources([], 'noble'), LabError);
  assert.throws(() => chooseLabSources([], 'bookworm'), /no apt source for "bookworm main"/);
});
