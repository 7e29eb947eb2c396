import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { formatProblem } from './check.ts';
import { selfTalk } from './self-talk.ts';

const fixture = path.join(import.meta.dirname, 'fixtures/self-talk');

test('selfTalk fires every rule on the known-bad tree, and nothing else', async () => {
  const { looked, problems } = await selfTalk.run(fixture);
  assert.deepEqual(problems.map(formatProblem), [
    'docs/notes.md:1: names a folder of one machine: "/root/": use a path inside the checkout, or one that the user gives',
    'docs/notes.md:2: names a folder of one machine: "/home/alice/": use a path inside the checkout, or one that the user gives',
    'docs/notes.md:3: names a folder of one machine: "/work/": use a path inside the checkout, or one that the user gives',
    'docs/notes.md:4: names a package registry: "registry.example.org": leave it to the configuration of npm',
    'docs/notes.md:5: names a package registry: "Artifactory": leave it to the configuration of npm',
    'docs/notes.md:6: names a mirror of packages: "http://mirror.example.org": leave it to the configuration of the machine',
    'package-lock.json:2: pins a package to one registry: ""resolved": "https:": keep omit-lockfile-registry-resolved=true in .npmrc and write the lock file anew',
  ]);
  assert.equal(looked, '3 files, 12 lines');
});
