import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import packageJson from '../package.json' with { type: 'json' };
import { makeDebianPackage } from '../tools/package/debian-package.ts';
import { layOutRelease } from '../tools/package/release-files.ts';
import { packagesToBuild, preparePrivateApt, requirePackages } from './debian/index.ts';
import { cacheFolder } from './image/index.ts';
import { runProgram } from './run-program.ts';

// The Debian package in the smallest Debian there is, which has nothing for it: apt brings what it says that it needs.

const root = path.dirname(import.meta.dirname);
const mmdebstrap = packagesToBuild.filter((name) => name === 'mmdebstrap');
const patience = { timeout: 600_000 };
const scratch = mkdtempSync(path.join(os.tmpdir(), 'virtfn-debian-'));
const at = (name: string): string => path.join(scratch, name);
const seen = (name: string): readonly string[] => readFileSync(at(name), 'utf8').trimEnd().split('\n');

/** What is done in the new root file system, whose path is the first argument. What is seen goes to files beside this script. */
const SCRIPT = `#!/bin/sh
set -eu
root=$1
here=$(dirname "$0")
files() { (cd "$root" && find . -xdev \\( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/dpkg -o -path ./var/lib/apt \\) -prune -o -not -name '*-' -print | sort); }
cp "$here/virtfn.deb" "$root/tmp/virtfn.deb"
chroot "$root" apt-get install --yes --no-install-recommends /tmp/virtfn.deb
chroot "$root" virtfn --version > "$here/version"
chroot "$root" virtfn controller check-config --help > "$here/help"
chroot "$root" dpkg --listfiles virtfn > "$here/installed"
chroot "$root" dpkg --purge virtfn
files > "$here/before"
chroot "$root" dpkg --install /tmp/virtfn.deb
printf 'version: 1\\npfs: []\\n' > "$root/etc/virtfn/host.yaml"
chroot "$root" dpkg --remove virtfn
files > "$here/removed"
chroot "$root" dpkg --purge virtfn
files > "$here/purged"
rm "$root/tmp/virtfn.deb"
`;

before(async () => {
  await layOutRelease(root, at('usr'), process.execPath);
  const terms = { version: packageJson.version, architecture: 'amd64', epoch: 1 };
  await makeDebianPackage(at('usr'), path.join(root, 'packaging/debian'), at('virtfn.deb'), terms);
  writeFileSync(at('in-root.sh'), SCRIPT, { mode: 0o755 });
  const run = { log: at('log'), signal: AbortSignal.timeout(patience.timeout) };
  const apt = preparePrivateApt(path.join(cacheFolder(), 'apt'));
  await requirePackages(mmdebstrap, apt, { ...run, install: process.env['CI'] === 'true' });
  const { codename } = apt.sources;
  const argv = [
    'mmdebstrap',
    '--variant=minbase',
    '--format=null',
    `--customize-hook=${at('in-root.sh')}`,
    codename,
    '-',
    apt.sourcesFile,
  ];
  await runProgram(argv, { ...run, env: { ...process.env, TMPDIR: scratch, LC_ALL: 'C.UTF-8' } });
}, patience);
after(() => rmSync(scratch, { recursive: true }));

test('the package installs in a bare Debian with what it says that it needs, and runs', () => {
  assert.deepEqual(seen('version'), [packageJson.version]);
  assert.match(readFileSync(at('help'), 'utf8'), /Usage: virtfn controller check-config/);
  const installed = new Set(seen('installed'));
  for (const file of [
    '/usr/bin/virtfn',
    '/usr/share/man/man1/virtfn.1.gz',
    '/usr/lib/systemd/system/virtfn-agent.service',
    '/usr/lib/systemd/system/virtfn-controller.service',
    '/usr/share/bash-completion/completions/virtfn',
  ])
    assert.ok(
      installed.has(file),
      `${file} is in ${[...installed].filter((each) => each.includes('virtfn')).join('\n')}`,
    );
});

test('removal leaves configuration and state, and purging nothing', () => {
  const known = new Set(seen('before'));
  const left = seen('removed').filter((file) => !known.has(file));
  assert.ok(left.includes('./etc/virtfn/host.yaml'));
  const own = left.filter((file) => !/^\.\/(?:etc\/virtfn|var\/lib\/virtfn)/.test(file));
  assert.deepEqual(own, []);
  assert.deepEqual(
    seen('purged').filter((file) => !known.has(file)),
    [],
  );
});
