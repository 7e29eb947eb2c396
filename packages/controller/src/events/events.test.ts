import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type EventQueryDocument,
  type FleetEvent,
  FleetEventView,
  followEvents,
  httpStreamTransport,
  type ResetEvent,
} from '@virtfn/contract';
import { EventStreamParser, type StreamTransport } from '@virtfn/contract';
import { parseAskedEvents } from '@virtfn/contract/serving';
import { isSriovError } from '@virtfn/model';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { listen } from '../http/index.ts';
import { LiveFleet } from '../inventory/index.ts';
import { ADMIN, member, NeutronRig } from '../neutron/testing/index.ts';
import { recordedHost } from '../neutron/replay/index.ts';
import { beginHistory, openDatabase, pruneChanges, Store } from '../store/index.ts';
import { AuditIntake } from '../audit/index.ts';
import { DATABASES } from '../testing/index.ts';
import { EventFeed, type EventSink, EventStream } from './index.ts';

const EVERYTHING = { isAdmin: true, projectId: 'admin-project' };

/** The other end of a stream, in memory. */
class Reader implements EventSink {
  readonly #parser = new EventStreamParser();
  readonly events: FleetEvent[] = [];
  readonly signals: string[] = [];
  isEnded = false;
  kept = 0;
  #onEvent: () => void = () => {};

  write(text: string): void {
    for (const { event, data } of this.#parser.push(text)) {
      if (event === 'reset' || event === 'resume') this.signals.push(event);
      else this.events.push(JSON.parse(data) as FleetEvent);
    }
    this.#onEvent();
  }

  backlog(): number {
    return this.kept;
  }

  async drained(): Promise<void> {}

  end(): void {
    this.isEnded = true;
    this.#onEvent();
  }

  get lastId(): string | null {
    return this.#parser.lastId;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#onEvent = resolve;
      });
    }
  }
}

/** A feed beside a controller's own, and streams of it. */
async function openFeed(rig: NeutronRig) {
  const { store } = rig;
  const { fleet } = rig.controller;
  const feed = new EventFeed({
    store,
    fleet,
    now: () => rig.now(),
    onError: (error) => assert.fail(String(error)),
  });
  await feed.start();
  const open = (query: EventQueryDocument = {}, identity = EVERYTHING, lastId: string | null = null) => {
    const reader = new Reader();
    const stream = new EventStream(
      { store, fleet, feed },
      { identity, ...parseAskedEvents(query, lastId) },
      reader,
    );
    return { reader, stream, isRunning: stream.run() };
  };
  return { feed, open };
}

describe('Events', () => {
  it('tell of what changes, in the form that the contract promises', async () => {
    await using rig = await NeutronRig.start();
    const { open } = await openFeed(rig);
    const { reader } = open();
    const network = await rig.make('networks', 'network', {
      name: 'n',
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
      'provider:segmentation_id': 100,
    });
    const port = await rig.make('ports', 'port', {
      network_id: network.id,
      'binding:vnic_type': 'direct',
      'binding:host_id': 'compute1',
    });
    await rig.delete(`ports/${port.id}`);
    await new AuditIntake(rig.store).catchUp();
    await rig.controller.report({ ...recordedHost('compute3') });
    await reader.until(() => reader.events.some(({ kind }) => kind === 'finding'));
    for (const event of reader.events) {
      assert.deepEqual([...Value.Errors(FleetEventView, event)], [], JSON.stringify(event));
    }
    const kinds = new Set(reader.events.map(({ kind }) => kind));
    for (const kind of ['network', 'port', 'attachment', 'step', 'host', 'object'] as const)
      assert.ok(kinds.has(kind), `there is no event of kind ${kind}`);
    const last = reader.events.findLast(({ id }) => id === port.id);
    assert.ok(last?.kind === 'port' && last.view === null);
  });

  it('show members what is of their project, or shared with it, and nothing of hosts', async () => {
    await using rig = await NeutronRig.start();
    const { open } = await openFeed(rig);
    const { reader } = open({}, { isAdmin: false, projectId: 'p1' });
    const mine = await rig.make('networks', 'network', { name: 'mine' }, member('p1'));
    const others = await rig.make('networks', 'network', { name: 'other' }, member('p2'));
    const shared = await rig.make('networks', 'network', { name: 'shared', shared: true }, ADMIN);
    await rig.controller.report(recordedHost('compute1'));
    await rig.delete(`networks/${others.id}`);
    await rig.delete(`networks/${mine.id}`, ADMIN);
    await reader.until(() => reader.events.some((event) => event.kind === 'network' && event.view === null));
    const networks = reader.events.filter((event) => event.kind === 'network');
    assert.deepEqual(new Set(networks.map(({ id }) => id)), new Set([mine.id, shared.id]));
    const view = networks.find(({ id }) => id === shared.id)?.view;
    assert.equal(view?.['shared'], true);
    assert.ok(view !== null && view !== undefined && !('provider:network_type' in view));
    assert.ok(reader.events.every(({ kind }) => kind !== 'host' && kind !== 'step' && kind !== 'attachment'));
  });

  it('tell whom something was shared with that it is gone, or not for him to see any more', async () => {
    await using rig = await NeutronRig.start();
    const { open, feed } = await openFeed(rig);
    const since = feed.position;
    const of = (projectId: string, from: { since?: number } = {}) =>
      open({ kind: 'network,subnet', ...from }, { isAdmin: false, projectId }).reader;
    const live = [of('p2'), of('p4')];
    const makeNetwork = (name: string) => rig.make('networks', 'network', { name }, member('p1'));
    const share = (object: { readonly id: string }, target: string) =>
      rig.make('rbac-policies', 'rbac_policy', {
        object_type: 'network',
        object_id: object.id,
        action: 'access_as_shared',
        target_tenant: target,
      });
    const taken = await makeNetwork('taken back');
    const inTaken = { network_id: taken.id, ip_version: 4, cidr: '10.0.0.0/24' };
    const subnet = await rig.make('subnets', 'subnet', inTaken, member('p1'));
    const policy = await share(taken, 'p2');
    const removed = await makeNetwork('removed');
    await share(removed, 'p2');
    const kept = await makeNetwork('kept for one');
    for (const target of ['*', 'p2']) await share(kept, target);
    await rig.delete(`rbac-policies/${policy.id}`);
    await rig.delete(`networks/${removed.id}`);
    await rig.put(`networks/${kept.id}`, { network: { shared: false } });
    const isGoneOf = (reader: Reader) =>
      new Map(reader.events.map((event) => [event.id, 'view' in event && event.view === null]));
    const later = [of('p2', { since }), of('p4', { since })];
    for (const [friend, stranger] of [live, later] as const) {
      assert.ok(friend !== undefined && stranger !== undefined);
      await stranger.until(() => isGoneOf(stranger).get(kept.id) === true);
      await friend.until(() => isGoneOf(friend).get(kept.id) === false);
      assert.deepEqual([...isGoneOf(stranger)], [[kept.id, true]]);
      assert.deepEqual(
        [taken, subnet, removed, kept].map(({ id }) => isGoneOf(friend).get(id)),
        [true, true, true, false],
      );
      assert.ok(stranger.events.every(({ hostId }) => hostId === null));
    }
  });

  it('are filtered by kind and host', async () => {
    await using rig = await NeutronRig.start();
    const { open } = await openFeed(rig);
    const byKind = open({ kind: 'network,subnet' }).reader;
    const byHost = open({ host: 'compute2' }).reader;
    const network = await rig.make('networks', 'network', { name: 'n' });
    await rig.make('subnets', 'subnet', { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' });
    const changed = recordedHost('compute2');
    await rig.controller.report({ ...changed, findings: [] });
    await rig.controller.report({
      ...changed,
      observed: { ...changed.observed, bootId: 'another' },
    });
    await byHost.until(() => byHost.events.length > 0);
    await byKind.until(() => byKind.events.some(({ kind }) => kind === 'subnet'));
    assert.ok(byKind.events.every(({ kind }) => kind === 'network' || kind === 'subnet'));
    assert.ok(byHost.events.every(({ hostId }) => hostId === 'compute2'));
  });

  it('tell which VFs of a host differ, and of a host that goes and comes back', async () => {
    await using rig = await NeutronRig.start({ hostGoneAfterMs: 60_000 });
    const { open, feed } = await openFeed(rig);
    const { reader } = open({ kind: 'host' });
    const report = recordedHost('compute1');
    const pf = report.observed.pfs.find((each) => each.vfs.length > 2);
    assert.ok(pf !== undefined);
    const vfs = pf.vfs.map((vf, index) => (index === 2 ? { ...vf, driver: 'vfio-pci' } : vf));
    const pfs = report.observed.pfs.map((each) => (each === pf ? { ...pf, vfs } : each));
    await rig.controller.report({ ...report, observed: { ...report.observed, pfs } });
    await reader.until(() => reader.events.length === 1);
    const [event] = reader.events;
    assert.ok(event?.kind === 'host');
    assert.deepEqual(
      event.view?.changed?.vfs.map(({ pf: address, vf }) => [address, vf.vfIndex, vf.driver]),
      [[pf.pciAddress, 2, 'vfio-pci']],
    );
    assert.deepEqual(event.view?.changed?.pfs, []);
    rig.advance(120_000);
    feed.tick();
    const gone = reader.events.slice(1);
    assert.deepEqual(new Set(gone.map(({ id }) => id)), new Set(['compute1', 'compute2']));
    assert.ok(
      gone.every((each) => each.kind === 'host' && each.view?.isAlive === false && each.revision === null),
    );
    feed.tick();
    assert.equal(reader.events.length, 3);
  });

  it('go on where a listener was cut off, wherever that was: it ends up knowing the last state of everything', async () => {
    await using rig = await NeutronRig.start();
    const { open, feed } = await openFeed(rig);
    const actions = fc.array(fc.constantFrom('make', 'change', 'remove', 'cut'), {
      minLength: 4,
      maxLength: 16,
    });
    await fc.assert(
      fc.asyncProperty(actions, async (all) => {
        const start = feed.position;
        const known = new Map<string, string | null>();
        const want = new Map<string, string | null>();
        let current = open({ kind: 'object', since: start });
        let heard = 0;
        const listenOn = async (isLast: boolean): Promise<void> => {
          await current.isRunning;
          if (isLast) {
            const revision = await rig.store.revision();
            current.stream.beat();
            await current.reader.until(
              () => Number(current.reader.lastId) >= revision || feed.position >= revision,
            );
          }
          for (const event of current.reader.events) {
            heard += 1;
            if (event.kind === 'object') known.set(event.id, event.isGone ? null : 'there');
          }
          current.stream.over();
        };
        for (const [step, action] of all.entries()) {
          const [id] = [...want].findLast(([, state]) => state !== null) ?? [];
          if (action === 'make' || id === undefined) {
            const made = await rig.make('address-groups', 'address_group', { name: `g${step}` });
            want.set(`address_group/${made.id}`, 'there');
          } else if (action === 'change')
            await rig.put(id.replace('address_group', 'address-groups'), {
              address_group: { description: `${step}` },
            });
          else if (action === 'remove') {
            await rig.delete(id.replace('address_group', 'address-groups'));
            want.set(id, null);
          } else {
            await listenOn(false);
            current = open({ kind: 'object' }, EVERYTHING, current.reader.lastId ?? String(start));
          }
        }
        await feed.settled();
        await listenOn(true);
        assert.deepEqual(known, want, `heard ${heard}`);
      }),
      { numRuns: 15 },
    );
  });

  it('begin with a reset for a listener from before what the log has, or from behind it', async () => {
    await using rig = await NeutronRig.start();
    const { open } = await openFeed(rig);
    await rig.make('networks', 'network', { name: 'n' });
    await new AuditIntake(rig.store).catchUp();
    await rig.store.write('prune', (write) => pruneChanges(write, { before: new Date(0), most: 0 }));
    for (const since of [1, 1_000_000]) {
      const { reader, isRunning } = open({ since });
      await isRunning;
      assert.deepEqual(reader.signals, ['reset'], String(since));
    }
    const { reader, isRunning } = open({ since: await rig.store.revision() });
    await isRunning;
    assert.deepEqual(reader.signals, []);
  });

  it('begin with a reset for a listener from before a database was restored', async () => {
    await using rig = await NeutronRig.start();
    const told = await rig.store.revision();
    await rig.store.write('restore', (write) => beginHistory(write, told + 100));
    const { open } = await openFeed(rig);
    for (const { since, signals } of [
      { since: told, signals: ['reset'] },
      { since: told + 99, signals: ['reset'] },
      { since: told + 100, signals: [] },
    ]) {
      const { reader, isRunning } = open({ since });
      await isRunning;
      assert.deepEqual(reader.signals, signals, String(since));
    }
  });

  it('end for a listener that does not take them, and tell it to come again', async () => {
    await using rig = await NeutronRig.start();
    const { open } = await openFeed(rig);
    const slow = open();
    const other = open();
    await slow.isRunning;
    slow.reader.kept = 2 * 1024 * 1024;
    await rig.make('networks', 'network', { name: 'n' });
    await slow.reader.until(() => slow.reader.isEnded);
    assert.deepEqual(slow.reader.signals, ['resume']);
    await rig.make('networks', 'network', { name: 'm' });
    await other.reader.until(() => other.reader.events.filter(({ kind }) => kind === 'network').length === 2);
    assert.equal(other.reader.isEnded, false);
  });
});

describe('GET /virtfn/v1/events', () => {
  const noSleep = async (): Promise<void> => {};

  it('is followed by the client over breaks, and ends with the server', async () => {
    await using rig = await NeutronRig.start();
    const url = await listen(rig.controller.server, { host: '127.0.0.1', port: 0 });
    const http = httpStreamTransport(url);
    const tries: (string | null)[] = [];
    let isBreaking = true;
    // The first stream breaks behind its first event.
    const transport: StreamTransport = async (request, signal) => {
      tries.push(request.lastEventId);
      const stream = await http(request, signal);
      return (async function* () {
        for await (const piece of stream) {
          yield piece;
          if (isBreaking && piece.includes('event:')) return void (isBreaking = false);
        }
      })();
    };
    const stop = new AbortController();
    const seen: string[] = [];
    const events: AsyncGenerator<FleetEvent | ResetEvent> = followEvents({
      transport,
      query: { since: 0, kind: 'network' },
      signal: stop.signal,
      sleep: noSleep,
    });
    await rig.make('networks', 'network', { name: 'a' });
    for await (const event of events) {
      seen.push(event.kind === 'network' ? String(event.view?.['name']) : event.kind);
      if (seen.length === 1) await rig.make('networks', 'network', { name: 'b' });
      if (seen.length === 2) stop.abort();
    }
    assert.deepEqual(seen, ['a', 'b']);
    assert.equal(tries.length, 2);
    assert.notEqual(tries[1], null);
  });

  it('ends its streams when the server closes', async () => {
    await using rig = await NeutronRig.start();
    const url = await listen(rig.controller.server, { host: '127.0.0.1', port: 0 });
    const stream = await httpStreamTransport(url)(
      { path: '/virtfn/v1/events', lastEventId: null },
      new AbortController().signal,
    );
    let text = '';
    let isClosing: Promise<void> | null = null;
    for await (const piece of stream) {
      text += piece;
      isClosing ??= rig.controller.server.close();
    }
    await isClosing;
    assert.match(text, /event: resume\ndata: \{"revision":\d+\}\n\n$/);
  });

  const refused: readonly { name: string; path: string; lastEventId: string | null; says: RegExp }[] = [
    { name: 'an unknown kind', path: '?kind=host,vm', lastEventId: null, says: /"vm"/ },
    { name: 'an unknown filter', path: '?hots=x', lastEventId: null, says: /"hots"/ },
    { name: 'an id that is no revision', path: '', lastEventId: 'x', says: /"x"/ },
  ];
  it('refuses what it does not know before the stream begins', async () => {
    await using rig = await NeutronRig.start();
    const url = await listen(rig.controller.server, { host: '127.0.0.1', port: 0 });
    for (const { name, path, lastEventId, says } of refused) {
      const open = httpStreamTransport(url)(
        { path: `/virtfn/v1/events${path}`, lastEventId },
        new AbortController().signal,
      );
      await assert.rejects(
        open,
        (error) => isSriovError(error, 'REQUEST_INVALID') && says.test(error.message),
        name,
      );
    }
  });
});

for (const { name, skip, open } of DATABASES.filter((each) => each.name === 'PostgreSQL')) {
  it(`Events of one controller are heard at another one, on ${name}`, { skip }, async () => {
    const rig = await open();
    const url = await rig.createDatabase();
    const now = (): Date => new Date('2026-01-02T03:04:05Z');
    const stores = await Promise.all(
      [1, 2].map(async () => Store.open({ database: await openDatabase(url), now })),
    );
    const [here, there] = stores;
    assert.ok(here !== undefined && there !== undefined);
    const fleet = new LiveFleet({ store: there, now, hostGoneAfterMs: () => 60_000 });
    await fleet.start();
    const feed = new EventFeed({ store: there, fleet, now, onError: (error) => assert.fail(String(error)) });
    await feed.start();
    const reader = new Reader();
    const stream = new EventStream(
      { store: there, fleet, feed },
      { identity: EVERYTHING, ...parseAskedEvents({}, null) },
      reader,
    );
    await stream.run();
    await here.write('change', async (write) => {
      write.changed('trunk', 'a');
    });
    await reader.until(() => reader.events.length > 0);
    assert.equal(reader.events[0]?.id, 'trunk/a');
    stream.end();
    await feed.stop();
    fleet.stop();
    await Promise.all(stores.map((store) => store.close()));
    await rig.dispose();
  });
}
