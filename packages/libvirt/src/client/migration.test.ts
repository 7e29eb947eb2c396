import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Domain } from '../codec/index.ts';
import { LibvirtError } from '../connection/index.ts';
import {
  emptyGuestXml,
  type Libvirtd,
  networkCardXml,
  skipWithoutTwoHosts,
  startLibvirtd,
  Told,
} from '../testing/index.ts';
import { VirshLibvirt } from '../virsh/index.ts';
import { detachAndWait, type Libvirt, migrateDirect, RpcLibvirt } from './index.ts';

// Two daemons on this machine, of which one says that it is another host, and a guest that goes to and fro between them.

const skip = skipWithoutTwoHosts();
const GUEST = 'wanderer';

interface Host {
  readonly daemon: Libvirtd;
  readonly libvirt: RpcLibvirt;
}

let hosts: readonly [Host, Host] | null = null;

async function startHost(hostname?: string): Promise<Host> {
  const daemon = await startLibvirtd(hostname === undefined ? {} : { hostname });
  const options = { uri: 'qemu:///session', socketPath: daemon.socketPath };
  return { daemon, libvirt: await RpcLibvirt.open(options) };
}

before(async () => {
  if (skip !== false) return;
  hosts = await Promise.all([startHost(), startHost('elsewhere')]);
  const [{ libvirt }] = hosts;
  await libvirt.domains.start(await libvirt.domains.define(emptyGuestXml(GUEST)));
});

after(async () => {
  for (const { daemon, libvirt } of hosts ?? []) {
    for (const domain of await libvirt.domains.list(['active'])) await libvirt.domains.destroy(domain);
    await libvirt.close();
    await daemon[Symbol.asyncDispose]();
  }
});

/** Where the guest is, and where it is not. */
async function whereabouts(): Promise<{ readonly here: Host; readonly there: Host; readonly guest: Domain }> {
  assert.ok(hosts !== null);
  const [a, b] = hosts;
  for (const [here, there] of [
    [a, b],
    [b, a],
  ] as const) {
    const guest = await here.libvirt.domains.find({ name: GUEST });
    if (guest !== null) return { here, there, guest };
  }
  throw new Error('Cannot find the guest: it is nowhere');
}

/** Each way to migrate; all are told the same, and have the same end. */
const ways: readonly {
  readonly name: string;
  readonly migrate: (here: Host, there: Host, guest: Domain) => Promise<void>;
}[] = [
  { name: 'migrateToUri()', migrate: ({ libvirt }, there, guest) => byUri(libvirt, there, guest) },
  {
    name: "virsh's migrateToUri()",
    migrate: ({ daemon }, there, guest) =>
      byUri(new VirshLibvirt({ uri: daemon.uriOf('qemu:///session') }), there, guest),
  },
  {
    name: 'migrateDirect()',
    migrate: async (here, there, guest) => {
      const moved = await migrateDirect({
        source: here.libvirt.connection,
        destination: there.libvirt.connection,
        domain: guest,
        flags: ['live', 'persist-dest', 'undefine-source'],
        migrateUri: 'tcp://127.0.0.1',
      });
      assert.equal(moved.uuid, guest.uuid);
    },
  },
];

const byUri = (libvirt: Libvirt, there: Host, guest: Domain): Promise<void> =>
  libvirt.migrations.migrateToUri(guest, {
    destinationUri: there.daemon.uriOf('qemu:///session'),
    migrateUri: 'tcp://127.0.0.1',
    flags: ['live', 'persist-dest', 'undefine-source', 'auto-converge'],
    bandwidthMibPerSecond: 1000,
  });

for (const { name, migrate } of ways) {
  test(`${name} moves a running guest, and both sides tell of it`, { skip }, async () => {
    const { here, there, guest } = await whereabouts();
    const [left, arrived] = [new Told(), new Told()];
    await using leaving = await here.libvirt.watch(left.tell);
    await using arriving = await there.libvirt.watch(arrived.tell);
    await here.libvirt.migrations.setMaxSpeed(guest, 1000);
    await here.libvirt.migrations.setMaxDowntime(guest, 200);
    assert.equal(await here.libvirt.migrations.readMaxDowntime(guest), 200);

    await migrate(here, there, guest);

    const isLifecycle =
      (wanted: string) =>
      (event: (typeof left.events)[number]): boolean =>
        event.kind === 'lifecycle' && `${event.event} ${event.detail}` === wanted;
    await left.until(isLifecycle('stopped migrated'));
    await arrived.until(isLifecycle('resumed migrated'));
    await left.until(({ kind }) => kind === 'migration-iteration');
    const completed = await left.until(({ kind }) => kind === 'job-completed');
    assert.ok(completed.kind === 'job-completed' && completed.stats.operation === 'migration-out');
    assert.deepEqual([leaving.missing, arriving.missing], [[], []]);

    assert.equal(await here.libvirt.domains.find({ uuid: guest.uuid }), null);
    const moved = await there.libvirt.domains.find({ uuid: guest.uuid });
    assert.ok(moved !== null);
    assert.deepEqual(await there.libvirt.domains.readState(moved), { state: 'running', reason: 'migrated' });
    const job = await there.libvirt.migrations.readJob(moved, ['completed']);
    assert.deepEqual([job.type, job.operation, job.memoryRemaining], ['completed', 'migration-in', 0]);
  });
}

test('a migration that cannot be leaves the guest where it is, running', { skip }, async () => {
  const { here, there, guest } = await whereabouts();
  const impossible = emptyGuestXml(GUEST).replace("unit='MiB'>16", "unit='MiB'>32");
  const parameters = { migrateUri: 'tcp://127.0.0.1', destinationXml: impossible };
  await assert.rejects(
    here.libvirt.migrations.migrateToUri(guest, {
      destinationUri: there.daemon.uriOf('qemu:///session'),
      flags: ['live'],
      ...parameters,
    }),
    LibvirtError,
  );
  const direct = migrateDirect({
    source: here.libvirt.connection,
    destination: there.libvirt.connection,
    domain: guest,
    flags: ['live'],
    ...parameters,
  });
  await assert.rejects(direct, LibvirtError);
  assert.equal((await here.libvirt.domains.readState(guest)).state, 'running');
  assert.equal(await there.libvirt.domains.find({ name: GUEST }), null);
});

test('detachAndWait() says that a guest without an operating system does not answer', { skip }, async () => {
  const { here, guest } = await whereabouts();
  const alias = 'ua-card';
  await here.libvirt.devices.attach(guest, networkCardXml(alias), ['live']);
  const outcome = await detachAndWait(here.libvirt, { domain: guest, alias, limitMs: 100 }, () =>
    here.libvirt.devices.detachAlias(guest, alias, ['live']),
  );
  assert.equal(outcome.kind, 'no-answer');
  assert.ok((await here.libvirt.domains.readXml(guest)).includes(alias));
  const stopped = await detachAndWait(here.libvirt, { domain: guest, alias, limitMs: 30_000 }, () =>
    here.libvirt.domains.destroy(guest),
  );
  assert.equal(stopped.kind, 'domain-stopped');
});
