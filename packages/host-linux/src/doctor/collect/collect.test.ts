import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { layOutTree, readFixture, type TreeEntry, varyTree } from '../../testing/tree-loader.ts';
import { collectSnapshot, gatherFacts, runDoctor } from '../index.ts';

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'virtfn-snapshot-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'snapshot');
}

/** Lays a tree out, and a snapshot of it beside. */
async function collect(
  t: TestContext,
  tree: string | readonly TreeEntry[],
): Promise<{ root: string; folder: string; leftOut: readonly string[]; files: number }> {
  const root = layOutTree(t, tree);
  const folder = newFolder(t);
  return { root, folder, ...(await collectSnapshot(root, folder)) };
}

const NM = '/etc/NetworkManager/system-connections';

/** Trouble of every area, and secrets. */
const TROUBLED = `
/proc/cmdline = quiet igb.max_vfs=2 module_blacklist=vfio_pci rd.iscsi.password=hush
/etc/modprobe.d/no.conf = # why\\nblacklist igb
${NM}/fast.nmconnection = [connection]\\nid=fast\\ninterface-name=enp1s0f1\\n[sriov]\\ntotal-vfs=4\\n[802-1x]\\npassword=hush\\nprivate-key-password=hush\\n[vpn-secrets]\\nanything=hush
${NM}/air.nmconnection = [connection]\\nid=air\\n[wifi-security]\\npsk=hush\\n[vpn]\\nanything=hush
/etc/netplan/50.yaml = network:\\n  ethernets:\\n    enp1s0f0:\\n      virtual-function-count: 4\\n      auth: {password: "hush", key-management: 802.1x}\\n  wifis:\\n    w:\\n      access-points:\\n        "home":\\n          password: "hush"
/etc/NetworkManager/dispatcher.d/10-login = login hush
/etc/NetworkManager/conf.d/a.conf = [x]\\nmy-token=hush
/etc/rc.local = #!/bin/sh\\nTOKEN=hush curl -u me:hush https://example.org\\necho 4 > /sys/class/net/enp1s0f0/device/sriov_numvfs
/etc/systemd/system/vfs.service = [Service]\\nEnvironment=PASSWORD=hush\\nExecStart=/usr/local/sbin/vfs.sh --login hush\\nExecStart=/usr/bin/other --login hush
/usr/local/sbin/vfs.sh = #!/bin/sh\\nlogin me hush\\nip link set enp1s0f1 vf 0 trust on
/etc/udev/rules.d/70.rules = RUN+="/bin/notify hush"\\nKERNEL=="enp1s0f1", ATTR{device/sriov_numvfs}="3"
/var/log/virtfn-kernel.log = igb 0000:01:00.1: not enough MMIO resources for SR-IOV
/proc/800/fd = hidden
/proc/4711/fd/41 -> /var/lib/hush.txt
/proc/4712/comm = hush
/proc/4712/cmdline = hush
/boot/config-6.12.9-amd64 = CONFIG_PCI=y
`;

suite('collectSnapshot() takes along all that the doctor looks at', () => {
  const trees: Readonly<Record<string, string | readonly TreeEntry[]>> = {
    ...Object.fromEntries(
      [
        'healthy',
        'fish',
        'switchdev',
        'container',
        'without-sriov',
        'not-root',
        'kernel-without-iov',
        'firmware-off',
        'without-driver',
      ].map((name) => [name, readFixture(name)]),
    ),
    troubled: varyTree(readFixture('healthy'), TROUBLED, [
      '/sys/bus/pci/drivers/vfio-pci',
      '/sys/class/iommu',
    ]),
  };
  for (const [name, tree] of Object.entries(trees)) {
    test(`of ${name}`, async (t) => {
      const { root, folder, files } = await collect(t, tree);
      assert.deepEqual(runDoctor(gatherFacts(folder)), runDoctor(gatherFacts(root)));
      const { kernel: _, ...facts } = gatherFacts(folder);
      const { kernel: __, ...want } = gatherFacts(root);
      assert.deepEqual(facts, want);
      assert.ok(
        (files > 0 || name === 'container') &&
          runDoctor(gatherFacts(root)).length >= (name === 'troubled' ? 8 : 0),
      );
    });
  }
});

test('collectSnapshot() leaves secrets out, and says where', async (t) => {
  const { folder, leftOut } = await collect(t, varyTree(readFixture('healthy'), TROUBLED));
  const places = globSync('**', { cwd: folder });
  const texts = places
    .filter((place) => lstatSync(path.join(folder, place)).isFile())
    .map((place) => [place, readFileSync(path.join(folder, place), 'utf8')] as const);
  assert.deepEqual(
    texts.filter(([, text]) => text.includes('hush')).map(([place]) => place),
    [],
  );
  const links = places.filter((place) => lstatSync(path.join(folder, place)).isSymbolicLink());
  assert.ok(!links.some((place) => readlinkSync(path.join(folder, place)).includes('hush')));
  const told = new Set(leftOut.map((line) => line.replace(/^\d+/, 'N')));
  assert.deepEqual(
    told,
    new Set([
      '/etc/NetworkManager/conf.d/a.conf: secrets',
      '/etc/netplan/50.yaml: secrets',
      '/proc/cmdline: secrets',
      '/proc: the open files of 1 processes could not be read',
      'N files: lines that have nothing to do with VFs',
    ]),
  );
  assert.match(readFileSync(path.join(folder, 'etc/netplan/50.yaml'), 'utf8'), /password: \*\*\*/);
  assert.match(readFileSync(path.join(folder, 'proc/4711/cmdline'), 'utf8'), /guest=web/);
});

test('collectSnapshot() makes links that stay inside and lead where they led', async (t) => {
  const tree = varyTree(readFixture('healthy'), '/etc/rc.local -> /opt/rc\n/opt/rc = true');
  const { folder } = await collect(t, tree);
  for (const place of globSync('**', { cwd: folder })) {
    const whole = path.join(folder, place);
    if (!lstatSync(whole).isSymbolicLink()) continue;
    const target = readlinkSync(whole);
    if (target.startsWith('/dev/vfio/')) continue;
    assert.ok(!path.isAbsolute(target), `${place} -> ${target}`);
    assert.ok(path.resolve(path.dirname(whole), target).startsWith(`${folder}/`), `${place} -> ${target}`);
  }
  assert.equal(readlinkSync(path.join(folder, 'etc/rc.local')), '../opt/rc');
  assert.equal(readlinkSync(path.join(folder, 'lib')), 'usr/lib');
});

test('collectSnapshot() refuses a folder with something in it, and one that cannot be made', async (t) => {
  const root = layOutTree(t, readFixture('container'));
  const folder = layOutTree(t, '/mine = x');
  await assert.rejects(collectSnapshot(root, folder), {
    code: 'REQUEST_INVALID',
    message: /it is not empty/,
  });
  assert.deepEqual(
    globSync('**', { cwd: folder }).filter((place) => place !== '.'),
    ['mine'],
  );
  writeFileSync(path.join(folder, 'file'), '');
  await assert.rejects(collectSnapshot(root, path.join(folder, 'file/below')), { code: 'PERMISSION_DENIED' });
});

test('collectSnapshot() of this machine finds the same as on it', async (t) => {
  const folder = newFolder(t);
  const { files } = await collectSnapshot('/', folder);
  const codes = (root: string): unknown => runDoctor(gatherFacts(root)).map(({ code, pf }) => [code, pf]);
  assert.ok(files > 5);
  assert.deepEqual(codes(folder), codes('/'));
  const [there, here] = [gatherFacts(folder), gatherFacts('/')];
  assert.deepEqual(
    { ...there, processes: null, kernel: { ...there.kernel, messages: there.kernel.messages?.length } },
    { ...here, processes: null, kernel: { ...here.kernel, messages: here.kernel.messages?.length } },
  );
  // As one would send it.
  const tar = path.join(path.dirname(folder), 'snapshot.tar');
  execFileSync('tar', ['-C', folder, '-cf', tar, '.'], { timeout: 30_000 });
  assert.ok(lstatSync(tar).size > 0 && lstatSync(tar).size < 80 << 20);
});
