import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import packageJson from '../package.json' with { type: 'json' };
import { makeDebianPackage } from '../tools/package/debian-package.ts';
import { layOutRelease } from '../tools/package/release-files.ts';
import { labUnderTest, resetHost, writeHostYaml } from './testing.ts';

// The Debian package on a Debian that knows nothing of virtfn but what the lab itself needs, and that in other places: it is put in,
// serves, and goes again.

const lab = labUnderTest();
const host = lab.host('fish-1');
const root = path.dirname(import.meta.dirname);
const deb = '/tmp/virtfn.deb';
const patience = { timeoutMs: 240_000 };
const CONFIG = `
version: 1
pfs:
  - match: { pciAddress: "0000:01:00.0" }
    numVfs: 2
    vfs: [{ index: 0, mac: "52:54:00:00:ee:01", vlan: 100 }]
`;

/** All files but those that change by themselves, and what is meant to stay: configuration and state. */
const LIST_FILES = `find / -xdev \\( ${[
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/tmp',
  '/var/tmp',
  '/var/log',
  '/var/lib/dpkg',
  '/var/lib/systemd',
  '/var/cache/ldconfig',
  '/var/lib/virtfn',
  '/var/lib/virtfn-controller',
  '/etc/virtfn',
]
  .map((folder) => `-path ${folder}`)
  .join(' -o ')} \\) -prune -o -not -name '*-' -print | sort`;

const listFiles = async (): Promise<readonly string[]> => (await host.sh(LIST_FILES, patience)).split('\n');

let filesBefore: ReadonlySet<string>;

before(async () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'virtfn-package-'));
  try {
    const tree = path.join(scratch, 'usr');
    await layOutRelease(root, tree, process.execPath);
    const file = path.join(scratch, 'virtfn.deb');
    const { version } = packageJson;
    const terms = { version, architecture: 'amd64', epoch: 1 };
    await makeDebianPackage(tree, path.join(root, 'packaging/debian'), file, terms);
    await resetHost(host);
    await host.copyIn(file, deb);
  } finally {
    rmSync(scratch, { recursive: true });
  }
  filesBefore = new Set(await listFiles());
});
after(async () => {
  await host.exec(['dpkg', '--purge', 'virtfn'], patience);
  await host.run(['rm', '-f', deb]);
  await resetHost(host);
  await lab.disconnect();
});

test('the package installs, with all that it depends on there, and starts nothing', async () => {
  await host.run(['dpkg', '--install', deb], patience);
  assert.equal(await host.run(['/usr/bin/virtfn', '--version'], patience), `${packageJson.version}\n`);
  for (const unit of ['virtfn-agent', 'virtfn-controller']) {
    const { stdout } = await host.exec(['systemctl', 'is-active', unit]);
    assert.equal(stdout, 'inactive\n');
    await host.run(['systemd-analyze', 'verify', '--man=no', `${unit}.service`], patience);
  }
  // The lab's own Debian leaves man pages out.
  const man = await host.sh(
    `dpkg-deb --fsys-tarfile ${deb} | tar -xO ./usr/share/man/man1/virtfn.1.gz | zcat`,
    patience,
  );
  assert.match(man, /^\.TH virtfn 1/im);
});

test('systemctl start virtfn-agent brings the host to its host.yaml', async () => {
  await writeHostYaml(host, CONFIG);
  await host.run(['systemctl', 'enable', '--now', 'virtfn-agent'], patience);
  const { status, stdout } = await host.exec(['/usr/bin/virtfn', 'diff'], patience);
  assert.equal(status, 0, stdout);
  assert.match(await host.sh('ip link show enp1s0'), /vf 0 .*52:54:00:00:ee:01.* vlan 100/);
  await host.run(['systemctl', 'restart', 'virtfn-agent'], patience);
});

test('systemctl start virtfn-controller answers, as a user without rights', async () => {
  await host.run(['systemctl', 'start', 'virtfn-controller'], patience);
  await host.run(['/usr/bin/virtfn', 'host', 'list'], patience);
  const user = await host.sh('ps -o user:32= -p "$(systemctl show -p MainPID --value virtfn-controller)"');
  assert.equal(user.trim(), 'virtfn-controller');
});

test('removal stops what runs, leaves VFs as they are, and no file but configuration and state', async () => {
  const vfs = await host.sh('ip link show enp1s0 | grep vf');
  await host.run(['dpkg', '--remove', 'virtfn'], patience);
  assert.equal(await host.sh('ip link show enp1s0 | grep vf'), vfs);
  assert.equal(
    await host.sh('systemctl list-units --all --plain --no-legend virtfn-agent virtfn-controller'),
    '',
  );
  // Some of what it takes away with it was there before: other tests have left it.
  const left = (await listFiles()).filter((file) => !filesBefore.has(file));
  assert.deepEqual(left, []);
  await host.sh('test -e /var/lib/virtfn -a -e /etc/virtfn/host.yaml');
});

test('purging takes configuration and state away, too', async () => {
  await host.run(['dpkg', '--purge', 'virtfn'], patience);
  await host.sh('! ls -d /var/lib/virtfn* /etc/virtfn /var/cache/virtfn 2> /dev/null');
});
