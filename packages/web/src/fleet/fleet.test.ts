import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { FleetEvent, StreamTransport, Transport } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';
import { Fleet, type HostDetail } from './fleet.ts';

const AT = '2026-01-02T03:04:05Z';

/** A controller of one host, whose answers wait until they are let go. */
class Controller {
  state: 'configured' | 'wanted' = 'wanted';
  isAway = false;
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
    if (path.includes('/about') || path === '/virtfn/v1') return { revision: 7 };
    if (path.includes('/attachments')) return { attachments: [this.#attachment()], next: null };
    if (path.endsWith('/hosts')) return { hosts: [{ hostId: 'fish', isAlive: true }] };
    if (path.includes('/steps')) return { steps: [] };
    return { hostId: 'fish', pfs: [] };
  }
}

async function openFleet() {
  const controller = new Controller();
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
    assert.deepEqual(fleet.link.value, { kind: 'lost', since: 1000 });
    assert.equal(stateOf(), 'wanted');
    controller.isAway = false;
    wake();
    await settle();
    controller.state = 'configured';
    controller.tellAttachment();
    await settle();
    assert.equal(stateOf(), 'configured');
    assert.equal(fleet.link.value.kind, 'live');
    stop();
  });
});
