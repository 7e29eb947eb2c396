import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Domain } from '../codec/index.ts';
import { LibvirtError, LibvirtOutcomeUnknown, LibvirtUnavailable } from '../connection/index.ts';
import { VirshLibvirt, type VirshOptions } from './index.ts';

// A program in virsh's place, which writes down how it was called. What virsh itself does with that is the contract's matter.

const domain: Domain = { name: '--evil; name', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 };
let folder = '';

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-virsh-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function withProgram(script: string, options: Partial<VirshOptions> = {}): Promise<VirshLibvirt> {
  const program = path.join(folder, `virsh-${crypto.randomUUID()}`);
  await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return new VirshLibvirt({ uri: 'qemu:///system', program, ...options });
}

/** Each argument on a line of its own; of the file behind --file and --xml its mode and what it says. */
const record = (file: string): string => `
printf '%s\\n' "$@" >'${file}'
while [ $# -gt 0 ]; do
  case $1 in --file|--xml) stat -c 'mode %a' "$2" >>'${file}'; cat "$2" >>'${file}';; esac
  shift
done`;

const commands: readonly {
  readonly name: string;
  readonly given: (libvirt: VirshLibvirt) => Promise<unknown>;
  readonly want: string;
}[] = [
  {
    name: 'list of all',
    given: ({ domains }) => domains.list(),
    want: 'list --uuid --id --name --all',
  },
  {
    name: 'list of the running',
    given: ({ domains }) => domains.list(['active', 'running']),
    want: 'list --uuid --id --name --state-running',
  },
  {
    name: 'list of those that are off',
    given: ({ domains }) => domains.list(['inactive']),
    want: 'list --uuid --id --name --inactive',
  },
  {
    name: 'the XML for a destination',
    given: ({ domains }) => domains.readXml(domain, ['migratable', 'inactive']),
    want: `dumpxml --domain ${domain.uuid} --migratable --inactive`,
  },
  {
    name: 'a shutdown by two ways',
    given: ({ domains }) => domains.shutdown(domain, ['agent', 'acpi']),
    want: `shutdown --domain ${domain.uuid} --mode agent,acpi`,
  },
  {
    name: 'an undefine',
    given: ({ domains }) => domains.undefine(domain, ['managed-save', 'keep-nvram']),
    want: `undefine --domain ${domain.uuid} --managed-save --keep-nvram`,
  },
  {
    name: 'an unplugging by alias',
    given: ({ devices }) => devices.detachAlias(domain, 'hostdev0', ['live', 'config']),
    want: `detach-device-alias --domain ${domain.uuid} --alias hostdev0 --live --config`,
  },
  {
    name: 'devices of two capabilities',
    given: ({ nodeDevices }) => nodeDevices.list(['net', 'pci']),
    want: 'nodedev-list --cap net,pci',
  },
  {
    name: 'a device for vfio',
    given: ({ nodeDevices }) => nodeDevices.detach('pci_0000_3b_02_1', 'vfio'),
    want: 'nodedev-detach --device pci_0000_3b_02_1 --driver vfio',
  },
  {
    name: 'a limit of the speed',
    given: ({ migrations }) => migrations.setMaxSpeed(domain, 100),
    want: `migrate-setspeed --domain ${domain.uuid} --bandwidth 100`,
  },
  {
    name: 'a limit of the downtime',
    given: ({ migrations }) => migrations.setMaxDowntime(domain, 50),
    want: `migrate-setmaxdowntime --domain ${domain.uuid} --downtime 50`,
  },
];

for (const { name, given, want } of commands) {
  test(`VirshLibvirt asks virsh for ${name}`, async () => {
    const file = path.join(folder, crypto.randomUUID());
    await given(await withProgram(record(file)));
    const [connect, uri, quiet, ...args] = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.deepEqual([connect, uri, quiet], ['--connect', 'qemu:///system', '--quiet']);
    assert.equal(args.join(' '), want);
  });
}

test('VirshLibvirt hands XML over in a file that nobody else can read, and removes it', async () => {
  const file = path.join(folder, crypto.randomUUID());
  const libvirt = await withProgram(record(file));
  await libvirt.devices.update(domain, '<interface type="hostdev"/>', ['live', 'force']);
  const said = (await readFile(file, 'utf8')).split('\n');
  const given = said[said.indexOf('--file') + 1] ?? '';
  assert.deepEqual(said.slice(-2), ['mode 600', '<interface type="hostdev"/>']);
  assert.ok(path.isAbsolute(given) && !existsSync(given) && !existsSync(path.dirname(given)));
});

test('VirshLibvirt says everything of a migration', async () => {
  const file = path.join(folder, crypto.randomUUID());
  const libvirt = await withProgram(record(file));
  await libvirt.migrations.migrateToUri(domain, {
    destinationUri: 'qemu+tls://host-b/system',
    flags: ['live', 'persist-dest', 'undefine-source', 'auto-converge', 'peer2peer'],
    destinationXml: '<domain/>',
    migrateUri: 'tcp://192.0.2.7',
    destinationName: 'moved',
    bandwidthMibPerSecond: 100,
    listenAddress: '192.0.2.7',
    autoConvergeInitial: 30,
  });
  const said = (await readFile(file, 'utf8')).replace(/\/\S+\/given\.xml/, 'XML');
  assert.equal(
    said.split('\n').slice(3).join(' '),
    `migrate --domain ${domain.uuid} --desturi qemu+tls://host-b/system --live --persistent --undefinesource` +
      ' --auto-converge --p2p --xml XML --migrateuri tcp://192.0.2.7 --dname moved --bandwidth 100' +
      ' --listen-address 192.0.2.7 --auto-converge-initial 30 mode 600 <domain/>',
  );
});

test('VirshLibvirt refuses a flag that virsh has no word for', async () => {
  const libvirt = await withProgram('exit 0');
  // An autodestroy would be over with virsh.
  await assert.rejects(libvirt.domains.start(domain, ['autodestroy']), RangeError);
});

test("VirshLibvirt gives a failure with virsh's words, and draws no conclusion from them", async () => {
  const libvirt = await withProgram('echo "error: failed to get domain" >&2; exit 1');
  await assert.rejects(
    libvirt.domains.resume(domain),
    (error) =>
      error instanceof LibvirtError &&
      error.code === 'unknown' &&
      error.libvirtMessage === 'failed to get domain',
  );
});

test('VirshLibvirt ends a virsh that takes too long or is given up, and says that nobody knows', async () => {
  const libvirt = await withProgram('exec sleep 600', { timeoutMs: 50 });
  await assert.rejects(
    libvirt.domains.resume(domain),
    (error) => error instanceof LibvirtOutcomeUnknown && error.reason === 'timeout',
  );
  const controller = new AbortController();
  const resumed = libvirt.domains.resume(domain, { timeoutMs: null, signal: controller.signal });
  const failed = assert.rejects(
    resumed,
    (error) => error instanceof LibvirtOutcomeUnknown && error.reason === 'aborted',
  );
  controller.abort();
  await failed;
});

test('VirshLibvirt says that there is no virsh', async () => {
  const libvirt = new VirshLibvirt({ uri: 'qemu:///system', program: path.join(folder, 'absent') });
  const isMissing = (error: unknown): boolean =>
    error instanceof LibvirtUnavailable && error.reason === 'no-program';
  await assert.rejects(libvirt.readHostname(), isMissing);
  await assert.rejects(
    libvirt.watch(() => {}),
    isMissing,
  );
});

test('VirshLibvirt.watch() finds the domain of an event, and says to look where it cannot', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const libvirt = await withProgram(`
case $* in
*event*)
  echo "event 'lifecycle' for domain 'vm': Started Booted"
  echo "event 'device-removed' for domain 'vm': hostdev0"
  echo "event 'lifecycle' for domain 'stranger': Started Booted";;
*list*) echo "${domain.uuid} 1 vm";;
esac`);
  const told: string[] = [];
  const both = Promise.withResolvers<void>();
  await using watch = await libvirt.watch((event) => {
    told.push(event.kind);
    if (told.includes('look-again') && told.includes('events-lost')) both.resolve();
  });
  await both.promise;
  assert.deepEqual(
    told.filter((kind) => kind !== 'events-lost'),
    ['lifecycle', 'device-removed', 'look-again'],
  );
  assert.ok(watch.missing.includes('job-completed') && !watch.missing.includes('lifecycle'));
  t.mock.timers.tick(10_000);
  assert.equal(told.filter((kind) => kind === 'look-again').length, 2);
});
