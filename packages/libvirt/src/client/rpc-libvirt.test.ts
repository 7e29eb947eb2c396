import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { LibvirtError } from '../connection/index.ts';
import { type Libvirtd, skipWithoutLibvirtd, startLibvirtd, Told } from '../testing/index.ts';
import { RpcLibvirt } from './index.ts';

// What the test driver can do and virsh's side of the contract does not ask for.

const skip = skipWithoutLibvirtd();
let daemon: Libvirtd | null = null;

before(async () => {
  if (skip === false) daemon = await startLibvirtd();
});
after(() => daemon?.[Symbol.asyncDispose]());

function running(): Libvirtd {
  if (daemon === null) throw new Error('Cannot test: libvirtd is not started');
  return daemon;
}

const open = (uri = 'test:///default'): Promise<RpcLibvirt> =>
  RpcLibvirt.open({ uri, socketPath: running().socketPath });

const xmlOf = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory>8192</memory><os><type>hvm</type></os></domain>`;

test('RpcLibvirt reads the releases of both sides', { skip }, async () => {
  await using libvirt = await open();
  const { major, minor, micro } = await libvirt.readLibvirtVersion();
  assert.ok(major >= 6 && minor < 1000 && micro < 1000);
  assert.deepEqual(await libvirt.readHypervisorVersion(), { major: 0, minor: 0, micro: 2 });
});

test('RpcDomains defines, starts, saves, restores and undefines a domain, and events tell it', {
  skip,
}, async () => {
  await using libvirt = await open();
  const told = new Told();
  await using watch = await libvirt.watch(told.tell, { kinds: ['lifecycle'] });
  assert.deepEqual(watch.missing, []);
  const domain = await libvirt.domains.define(xmlOf('saved'));
  assert.equal(domain.id, null);
  await libvirt.domains.start(domain);
  const file = path.join(running().folder, 'saved.img');
  await libvirt.domains.save(domain, file);
  assert.deepEqual(await libvirt.domains.readState(domain), { state: 'shutoff', reason: 'saved' });
  await libvirt.domains.restore(file);
  assert.deepEqual(await libvirt.domains.readState(domain), { state: 'running', reason: 'restored' });
  await libvirt.domains.managedSave(domain);
  await assert.rejects(libvirt.domains.undefine(domain), LibvirtError);
  await libvirt.domains.undefine(domain, ['managed-save']);
  assert.equal(await libvirt.domains.find({ uuid: domain.uuid }), null);
  await told.until((event) => event.kind === 'lifecycle' && event.event === 'undefined');
  assert.deepEqual(
    told.events.map((event) => event.kind === 'lifecycle' && `${event.event} ${event.detail}`),
    [
      'defined added',
      'started booted',
      'stopped saved',
      'started restored',
      'stopped saved',
      'undefined removed',
    ],
  );
});

test('RpcDomains.create() starts a domain that is gone when it stops', { skip }, async () => {
  await using libvirt = await open();
  const domain = await libvirt.domains.create(xmlOf('transient'));
  assert.ok(domain.id !== null);
  assert.deepEqual(await libvirt.domains.list(['transient']), [domain]);
  await libvirt.domains.shutdown(domain);
  assert.equal(await libvirt.domains.find({ name: 'transient' }), null);
});

test('RpcDomains.setMemoryHardLimit() sets and lifts what may be locked', { skip }, async () => {
  await using libvirt = await open();
  const domain = await libvirt.domains.define(xmlOf('memlock'));
  await libvirt.domains.setMemoryHardLimit(domain, 1_048_576, ['config']);
  assert.equal(await libvirt.domains.readMemoryHardLimit(domain, ['config']), 1_048_576);
  await libvirt.domains.setMemoryHardLimit(domain, null, ['config']);
  assert.equal(await libvirt.domains.readMemoryHardLimit(domain, ['config']), null);
  await libvirt.domains.undefine(domain);
});

test('RpcDevices reads counters and addresses of an interface', { skip }, async () => {
  await using libvirt = await open();
  const domain = await libvirt.domains.find({ name: 'test' });
  assert.ok(domain !== null);
  const [address] = await libvirt.devices.readInterfaceAddresses(domain, 'lease');
  assert.equal(address?.name, 'testnet0');
  const stats = await libvirt.devices.readInterfaceStats(domain, 'testnet0');
  assert.ok(Object.values(stats).every((value) => typeof value === 'bigint'));
  await assert.rejects(libvirt.devices.readInterfaceStats(domain, 'absent'), LibvirtError);
});

test('RpcNodeDevices knows what there is and where it hangs', { skip }, async () => {
  await using libvirt = await open('nodedev:///session');
  const [net = ''] = await libvirt.nodeDevices.list(['net']);
  assert.equal(await libvirt.nodeDevices.exists(net), true);
  assert.equal(await libvirt.nodeDevices.exists('pci_ffff_ff_1f_7'), false);
  const parent = await libvirt.nodeDevices.readParent(net);
  assert.ok(parent !== null && (await libvirt.nodeDevices.exists(parent)));
  assert.equal(await libvirt.nodeDevices.readParent('computer'), null);
});

test('watch() tells of node devices that come and go', { skip }, async () => {
  await using libvirt = await open();
  const told = new Told();
  await using watch = await libvirt.watch(told.tell);
  assert.deepEqual(watch.missing, []);
  const file = path.join(running().folder, 'vhba.xml');
  const names = '<wwnn>2000000012341234</wwnn><wwpn>1000000012341234</wwpn>';
  const fc = `<capability type='scsi_host'><capability type='fc_host'>${names}</capability></capability>`;
  await writeFile(file, `<device><parent>scsi_host1</parent>${fc}</device>`);
  const virsh = (...args: readonly string[]): Promise<unknown> =>
    promisify(execFile)('virsh', ['--connect', running().uriOf('test:///default'), ...args]);
  await virsh('nodedev-create', '--file', file);
  const created = await told.until((event) => event.kind === 'node-device-lifecycle');
  assert.ok(created.kind === 'node-device-lifecycle' && created.event === 'created');
  assert.match(await libvirt.nodeDevices.readXml(created.name), /fc_host/);
  await virsh('nodedev-destroy', '--device', created.name);
  await told.until((event) => event.kind === 'node-device-lifecycle' && event.event === 'deleted');
});

test('RpcLibvirt.open() as root needs nobody to ask where the daemon wants polkit', {
  skip: skip || (process.getuid?.() === 0 ? false : 'needs root'),
}, async () => {
  await using strict = await startLibvirtd({ auth: 'polkit' });
  await using libvirt = await RpcLibvirt.open({ uri: 'test:///default', socketPath: strict.socketPath });
  assert.ok((await libvirt.domains.list()).length > 0);
});

test('RpcLibvirt.queryMonitor() asks questions only, and what has no QEMU cannot answer', {
  skip,
}, async () => {
  await using libvirt = await open();
  const domain = await libvirt.domains.find({ name: 'test' });
  assert.ok(domain !== null);
  await assert.rejects(libvirt.queryMonitor(domain, 'device_del'), RangeError);
  await assert.rejects(libvirt.queryMonitor(domain, 'query-status'), LibvirtError);
  await assert.rejects(libvirt.askGuestAgent(domain, '{"execute":"guest-ping"}'), LibvirtError);
});

test('RpcLibvirt.reconnecting() survives a daemon that is killed and one that is updated', {
  skip,
}, async () => {
  const libvirtd = running();
  await using libvirt = RpcLibvirt.reconnecting({
    uri: 'test:///default',
    socketPath: libvirtd.socketPath,
    minDelayMs: 10,
    maxDelayMs: 50,
  });
  const told = new Told();
  await using watch = await libvirt.watch(told.tell, { kinds: ['lifecycle'] });
  await told.until(({ kind }) => kind === 'look-again');
  for (const end of ['kill', 'stop'] as const) {
    const known = told.events.length;
    const isNew = (event: unknown): boolean => told.events.findIndex((one) => one === event) >= known;
    await libvirtd[end]();
    await told.until((event) => event.kind === 'events-lost' && isNew(event));
    await libvirtd.start();
    await told.until((event) => event.kind === 'look-again' && isNew(event));
    const domain = await libvirt.domains.find({ name: 'test' });
    assert.ok(domain !== null);
    await libvirt.domains.suspend(domain);
    await told.until((event) => event.kind === 'lifecycle' && event.event === 'suspended' && isNew(event));
  }
  assert.deepEqual(watch.missing, []);
});

test('LibvirtConnection takes an answer of many packets of a socket', { skip }, async () => {
  await using libvirt = await open();
  const description = 'x'.repeat(200_000);
  const xml = xmlOf('large').replace('<memory>', `<description>${description}</description><memory>`);
  const domain = await libvirt.domains.define(xml);
  assert.ok((await libvirt.domains.readXml(domain)).includes(description));
  await libvirt.domains.undefine(domain);
});
