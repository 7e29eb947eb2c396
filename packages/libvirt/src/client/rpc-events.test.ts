import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  deregisterDomainEvent,
  type Domain,
  eventSources,
  registerDomainEvent,
  registerNodeDeviceEvent,
} from '../codec/index.ts';
import { FakeDaemon, Told } from '../testing/index.ts';
import { detachAndWait, eventsOf, RpcLibvirt } from './index.ts';

const domain: Domain = { name: 'vm', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 };
const other: Domain = { ...domain, name: 'other', uuid: '7e226198-aa9b-46e4-a95c-f2c6faca4940' };

/** A daemon that registers domain events, and has none of node devices. */
async function startDaemon(): Promise<FakeDaemon> {
  const daemon = await FakeDaemon.start();
  let callbackId = 0;
  daemon.on(registerDomainEvent.number, (call, client) => {
    callbackId += 1;
    client.reply(call, (writer) => writer.int(callbackId));
  });
  daemon.on(deregisterDomainEvent.number, (call, client) => client.reply(call, () => {}));
  daemon.on(registerNodeDeviceEvent.number, (call, client) => client.refuse(call, 3, 'not supported'));
  return daemon;
}

const open = (daemon: FakeDaemon): Promise<RpcLibvirt> =>
  RpcLibvirt.open({ uri: 'qemu:///system', socketPath: daemon.socketPath });

const count = (daemon: FakeDaemon, procedure: number): number =>
  daemon.calls.filter((call) => call.procedure === procedure).length;

test('watch() registers each kind once for all watchers, and ends it with the last of them', async () => {
  await using daemon = await startDaemon();
  await using libvirt = await open(daemon);
  const [first, second] = [new Told(), new Told()];
  const watches = await Promise.all([
    libvirt.watch(first.tell, { kinds: ['device-removed', 'lifecycle'] }),
    libvirt.watch(second.tell, { kinds: ['device-removed'] }),
  ]);
  assert.equal(count(daemon, registerDomainEvent.number), 2);
  daemon.client.tellDeviceRemoved(domain, 'hostdev0');
  const [event] = await Promise.all([first, second].map((told) => told.until(() => true)));
  assert.deepEqual(event, { kind: 'device-removed', domain, alias: 'hostdev0' });
  await watches[0].close();
  assert.equal(count(daemon, deregisterDomainEvent.number), 1, 'lifecycle, which nobody wants any more');
  await watches[1].close();
  await watches[1].close();
  assert.equal(count(daemon, deregisterDomainEvent.number), 2);
});

test('watch() says which kinds the driver does not tell', async () => {
  await using daemon = await startDaemon();
  await using libvirt = await open(daemon);
  const watch = await libvirt.watch(() => {});
  assert.deepEqual(watch.missing, ['node-device-lifecycle', 'node-device-updated']);
});

test('watch() on a connection that comes back registers again, then says to look again, then tells events', async () => {
  await using daemon = await startDaemon();
  await using libvirt = RpcLibvirt.reconnecting({
    uri: 'qemu:///system',
    socketPath: daemon.socketPath,
    minDelayMs: 1,
  });
  const told = new Told();
  // Not connected yet: it is registered as soon as it is.
  await using watch = await libvirt.watch(told.tell, { kinds: ['device-removed'] });
  assert.deepEqual(watch.missing, []);
  await told.until(({ kind }) => kind === 'look-again');
  daemon.client.socket.destroy();
  const lost = await told.until(({ kind }) => kind === 'events-lost');
  assert.ok(lost.kind === 'events-lost' && !lost.final);
  const known = told.events.length;
  await told.until((event) => event.kind === 'look-again' && told.events.indexOf(event) >= known);
  assert.equal(count(daemon, registerDomainEvent.number), 2);
  daemon.client.tellDeviceRemoved(domain, 'hostdev0');
  await told.until(({ kind }) => kind === 'device-removed');
});

test('watch() on one connection says that its end is final', async () => {
  await using daemon = await startDaemon();
  await using libvirt = await open(daemon);
  const told = new Told();
  await libvirt.watch(told.tell);
  daemon.client.socket.destroy();
  const lost = await told.until(({ kind }) => kind === 'events-lost');
  assert.ok(lost.kind === 'events-lost' && lost.final);
});

test('eventsOf() gives what came while its body worked, in order, and ends with its signal', async () => {
  await using daemon = await startDaemon();
  await using libvirt = await open(daemon);
  const controller = new AbortController();
  const aliases: string[] = [];
  const iterated = (async () => {
    for await (const event of eventsOf(libvirt, { kinds: ['device-removed'], signal: controller.signal })) {
      if (event.kind === 'device-removed') aliases.push(event.alias);
      if (aliases.length === 3) controller.abort();
    }
  })();
  await daemon.called(registerDomainEvent.number);
  for (const alias of ['a', 'b', 'c', 'd']) daemon.client.tellDeviceRemoved(domain, alias);
  await iterated;
  assert.deepEqual(aliases, ['a', 'b', 'c']);
});

const removals: readonly {
  readonly name: string;
  readonly given: (daemon: FakeDaemon) => void;
  readonly want: string;
}[] = [
  {
    name: 'is gone',
    given: ({ client }) => {
      client.tellDeviceRemoved(other, 'hostdev0');
      client.tellDeviceRemoved(domain, 'hostdev1');
      client.tellDeviceRemoved(domain, 'hostdev0');
    },
    want: 'removed',
  },
  {
    name: 'is refused by the guest',
    given: ({ client }) =>
      client.tell(eventSources['device-removal-failed'].procedure, (writer) => {
        writer
          .int(0)
          .string(domain.name)
          .fixed(Buffer.from(domain.uuid.replaceAll('-', ''), 'hex'))
          .int(1);
        writer.string('hostdev0');
      }),
    want: 'refused',
  },
  {
    name: 'goes with the domain',
    given: ({ client }) =>
      client.tell(eventSources.lifecycle.procedure, (writer) => {
        writer
          .int(0)
          .string(domain.name)
          .fixed(Buffer.from(domain.uuid.replaceAll('-', ''), 'hex'))
          .int(-1);
        // VIR_DOMAIN_EVENT_STOPPED, _CRASHED
        writer.int(5).int(2);
      }),
    want: 'domain-stopped',
  },
  { name: 'is not heard of again', given: () => {}, want: 'no-answer' },
  { name: 'is out of sight', given: ({ client }) => client.socket.destroy(), want: 'unknown' },
];

for (const { name, given, want } of removals) {
  test(`detachAndWait() says when the device ${name}`, async () => {
    await using daemon = await startDaemon();
    await using libvirt = await open(daemon);
    const limitMs = want === 'no-answer' ? 1 : 60_000;
    const outcome = await detachAndWait(libvirt, { domain, alias: 'hostdev0', limitMs }, async () => {
      assert.equal(count(daemon, registerDomainEvent.number), 3, 'it listens before it asks');
      given(daemon);
    });
    assert.equal(outcome.kind, want);
  });
}

test('detachAndWait() throws what asking throws, and what its signal says', async () => {
  await using daemon = await startDaemon();
  await using libvirt = await open(daemon);
  const reason = new Error('enough');
  const wait = { domain, alias: 'hostdev0', limitMs: 60_000 };
  await assert.rejects(
    detachAndWait(libvirt, wait, () => Promise.reject(reason)),
    reason,
  );
  const controller = new AbortController();
  await assert.rejects(
    detachAndWait(libvirt, { ...wait, signal: controller.signal }, async () => controller.abort(reason)),
    reason,
  );
  assert.equal(count(daemon, deregisterDomainEvent.number), 6, 'nothing stays registered');
});
