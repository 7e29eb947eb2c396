import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { About, FleetEvent, StreamTransport, Transport } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';
import { Fleet, type HostDetail } from './fleet.ts';

const AT = '2026-01-02T03:04:05Z';

/** A controller of one host, whose answers wait until they are let go. */
class Controller {
  state: 'configured' | 'wanted' | 'unknown' = 'wanted';
  isAway = false;
  isHostAlive = true;
  /** Its audit log, the latest first. */
  steps: readonly object[] = [];
  /** Of what it does not answer, though it is there. */
  broken: string | null = null;
  asker: About['asker'] = { userName: 'ada', projectId: 'p1', isAdmin: true, mayWrite: true };
  /** Whether it knows who asks. */
  isStranger = false;
  asked: string[] = [];
  readonly streams: ((text: string | null) => void)[] = [];
  #held: (() => void)[] | null = null;

  hold(): void {
    this.#held = [];
  }

  release(): void {
    for (const answer of this.#held ?? []) answer();
    this.#held = null;
  }

  readonly transport: Transport = async ({ path }) => {
    if (this.isAway) throw new SriovError('CONTROLLER_UNREACHABLE', 'Cannot reach the controller');
    this.asked.push(path);
    if (this.broken !== null && path.includes(this.broken))
      throw new SriovError('CONTROLLER_UNREACHABLE', 'Cannot reach the controller');
    if (this.isStranger)
      return { status: 401, body: '{"error":{"code":"AUTHENTICATION_FAILED","message":"Who?","hint":""}}' };
    // As it is when it is asked, however late it comes.
    const body = JSON.stringify(this.#answer(path));
    if (this.#held !== null) await new Promise<void>((resolve) => this.#held?.push(resolve));
    return { status: 200, body };
  };

  readonly streamTransport: StreamTransport = async ({ path }) => {
    this.asked.push(path);
    if (this.isAway) throw new SriovError('CONTROLLER_UNREACHABLE', 'Cannot reach the controller');
    const pieces: (string | null)[] = [];
    let wake = (): void => {};
    this.streams.push((text) => {
      pieces.push(text);
      wake();
    });
    return (async function* read() {
      for (;;) {
        const piece = pieces.shift();
        if (piece === null) return;
        if (piece !== undefined) yield piece;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    })();
  };

  tell(event: object): void {
    const { kind } = event as FleetEvent;
    this.streams.at(-1)?.(`id: 8\nevent: ${kind}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  tellAttachment(): void {
    this.tell({
      kind: 'attachment',
      id: 'a1',
      hostId: 'fish',
      view: this.#attachment(),
      revision: 8,
      at: AT,
      projectId: null,
    });
  }

  #attachment(): object {
    return { attachmentId: 'a1', hostId: 'fish', pf: 'p', vfIndex: 0, state: this.state };
  }

  #answer(path: string): object {
    if (path === '/virtfn/v1') return { revision: 7, serves: 'fleet', asker: this.asker };
    if (path.includes('/attachments')) return { attachments: [this.#attachment()], next: null };
    if (path.endsWith('/hosts'))
      return { hosts: [{ hostId: 'fish', isAlive: this.isHostAlive, lostAt: null }] };
    if (path.includes('/steps')) return { steps: this.steps };
    return { hostId: 'fish', pfs: [] };
  }
}

async function openFleet(steps: readonly object[] = []) {
  const controller = new Controller();
  controller.steps = steps;
  const stop = new AbortController();
  const { transport, streamTransport } = controller;
  let wake: (() => void) | null = null;
  const fleet = new Fleet({
    transport,
    streamTransport,
    now: () => 1000,
    sleep: () => new Promise((resolve) => (wake = resolve)),
  });
  void fleet.follow(stop.signal);
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 30; turns += 1) await turn();
  };
  await settle();
  const stateOf = (): string | undefined =>
    (fleet.host('fish').value as HostDetail | null)?.attachments[0]?.state;
  return { controller, fleet, settle, stateOf, stop: () => stop.abort(), wake: () => wake?.() };
}

describe('Fleet', () => {
  it('follows from where it began to read, so that nothing is missed in between', async () => {
    const { controller, fleet, stop } = await openFleet();
    assert.ok(
      controller.asked.some((path) => path.endsWith('/events?since=7')),
      controller.asked.join(' '),
    );
    assert.deepEqual([...fleet.hosts.value.keys()], ['fish']);
    assert.equal(fleet.link.value.kind, 'live');
    stop();
  });

  it('reads a host again of which something was told while it was read', async () => {
    const { controller, settle, stateOf, stop } = await openFleet();
    controller.hold();
    assert.equal(stateOf(), undefined);
    await settle();
    controller.state = 'configured';
    controller.tellAttachment();
    await settle();
    controller.release();
    await settle();
    assert.equal(stateOf(), 'configured');
    stop();
  });

  it('shows what it had when the controller is gone, says so, and goes on when it is back', async () => {
    const { controller, fleet, settle, stateOf, stop, wake } = await openFleet();
    stateOf();
    await settle();
    controller.isAway = true;
    controller.streams.at(-1)?.(null);
    await settle();
    wake();
    await settle();
    assert.partialDeepStrictEqual(fleet.link.value, { kind: 'lost', since: 1000 });
    assert.equal(stateOf(), 'wanted');
    controller.isAway = false;
    wake();
    await settle();
    assert.equal(fleet.link.value.kind, 'live', 'though nothing has changed since');
    controller.state = 'configured';
    controller.tellAttachment();
    await settle();
    assert.equal(stateOf(), 'configured');
    assert.equal(fleet.link.value.kind, 'live');
    stop();
  });

  it('knows since when an agent has no session, and that it has one again', async () => {
    const { controller, fleet, settle, stop } = await openFleet();
    const tell = async (isConnected: boolean, at: string): Promise<unknown> => {
      const view = { version: '1', isConnected, isAlive: true };
      controller.tell({ kind: 'agent', id: 'fish', hostId: 'fish', revision: 8, at, projectId: null, view });
      await settle();
      return fleet.hosts.value.get('fish')?.lostAt;
    };
    assert.equal(fleet.hosts.value.get('fish')?.lostAt, null);
    assert.equal(await tell(false, AT), AT);
    assert.equal(await tell(false, '2030-01-01T00:00:00Z'), AT, 'it was lost the first time');
    assert.equal(await tell(true, AT), null);
    stop();
  });

  it('reads a host again whose agent goes or comes back, and tells of it', async () => {
    const { controller, fleet, settle, stateOf, stop } = await openFleet();
    stateOf();
    await settle();
    const turned: string[] = [];
    fleet.onEvent((event) => event.kind === 'turn' && turned.push(event.hostId));
    const occasion = { id: 'fish', hostId: 'fish', at: AT, projectId: null };
    const summary = { hostId: 'fish', reportedAt: AT };
    const changed = { pfs: [], vfs: [] };
    // What is so of a port follows from whether its host is there, by the time that it is read.
    controller.state = 'unknown';
    controller.tell({
      ...occasion,
      kind: 'host',
      revision: null,
      view: { summary, isAlive: false, changed },
    });
    await settle();
    assert.deepEqual([stateOf(), turned], ['unknown', ['fish']]);
    controller.state = 'configured';
    const view = { version: '1', isConnected: true, isAlive: true };
    controller.tell({ ...occasion, kind: 'agent', revision: 9, view });
    await settle();
    assert.deepEqual([stateOf(), turned], ['configured', ['fish', 'fish']]);
    controller.asked = [];
    controller.tell({ ...occasion, kind: 'agent', revision: 10, view });
    await settle();
    assert.deepEqual([controller.asked, turned.length], [[], 2], 'only then');
    stop();
  });

  it('reads a host again that could not be read: when the host is told of, and when a stream is open', async () => {
    const { controller, fleet, settle, stateOf, stop, wake } = await openFleet();
    controller.broken = '/hosts/fish';
    const detail = fleet.host('fish');
    await settle();
    assert.ok(detail.value instanceof Error);
    controller.streams.at(-1)?.(null);
    await settle();
    controller.broken = null;
    wake();
    await settle();
    assert.equal(stateOf(), 'wanted');
    controller.broken = '/hosts/fish';
    const view = { summary: { hostId: 'fish', reportedAt: AT }, isAlive: true };
    const event = { kind: 'host', id: 'fish', hostId: 'fish', revision: 9, at: AT, projectId: null };
    controller.tell({ ...event, view: { ...view, changed: null } });
    await settle();
    assert.ok(detail.value instanceof Error);
    controller.broken = null;
    controller.tell({ ...event, view: { ...view, changed: { pfs: [], vfs: [] } } });
    await settle();
    assert.equal(stateOf(), 'wanted');
    stop();
  });

  it('finds out which hosts went while no stream was open', async () => {
    const { controller, fleet, settle, stateOf, stop, wake } = await openFleet();
    stateOf();
    await settle();
    controller.streams.at(-1)?.(null);
    controller.isHostAlive = false;
    controller.state = 'unknown';
    await settle();
    wake();
    await settle();
    assert.equal(fleet.link.value.kind, 'live');
    assert.deepEqual([fleet.hosts.value.get('fish')?.isAlive, stateOf()], [false, 'unknown']);
    stop();
  });

  it('has each step once, the latest first, though it is told what was read already', async () => {
    const step = (id: number) => ({ id, at: new Date(id * 1000).toISOString() });
    const { controller, fleet, settle, stop } = await openFleet([step(4), step(2)]);
    for (const id of [4, 5, 3]) {
      const event = { kind: 'step', id: String(id), revision: 8, at: AT, hostId: null, projectId: null };
      controller.tell({ ...event, view: step(id) });
    }
    await settle();
    assert.deepEqual(
      fleet.steps.value.map(({ id }) => id),
      [5, 4, 3, 2],
    );
    stop();
  });

  it('reads nothing for a member that is for administrators, and tells what events tell him', async () => {
    const { controller, fleet, settle, stop, wake } = await openFleet();
    fleet.host('fish');
    await settle();
    controller.asker = { userName: 'eve', projectId: 'p2', isAdmin: false, mayWrite: true };
    controller.asked = [];
    const heard: string[] = [];
    fleet.onEvent(({ kind }) => heard.push(kind));
    const again = new AbortController();
    void fleet.follow(again.signal);
    await settle();
    assert.equal(fleet.viewer.value, 'member');
    assert.deepEqual([...fleet.hosts.value.keys(), fleet.host('fish').value], [null]);
    assert.deepEqual(controller.asked, ['/virtfn/v1', '/virtfn/v1/events?since=7']);
    controller.tell({
      kind: 'port',
      id: 'p',
      view: null,
      revision: 8,
      at: AT,
      hostId: null,
      projectId: 'p2',
    });
    await settle();
    assert.deepEqual(heard, ['reset', 'live', 'port']);
    assert.equal(fleet.link.value.kind, 'live');
    again.abort();
    stop();
    wake();
  });

  it('asks once who it is whom the controller does not know, and follows when he has said so', async () => {
    const { controller, fleet, settle, stop, wake } = await openFleet();
    stop();
    controller.isStranger = true;
    const stranger = new AbortController();
    void fleet.follow(stranger.signal);
    await settle();
    assert.equal(fleet.link.value.kind, 'refused');
    controller.asked = [];
    wake();
    await settle();
    assert.deepEqual(controller.asked, []);
    controller.isStranger = false;
    const known = new AbortController();
    void fleet.follow(known.signal);
    await settle();
    assert.equal(fleet.link.value.kind, 'live');
    known.abort();
  });
});
