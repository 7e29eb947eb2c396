import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Client } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import { SriovError } from '@virtfn/model';
import type { Fleet, FleetListener } from '../fleet/index.ts';
import { itemsOf } from './live-objects.ts';
import { followPort, neutronOf } from './neutron.ts';

/** Two hosts with a port each, which answer through a controller, as far as lists ask for it. */
class TwoHosts {
  readonly alive = new Set(['fish', 'whale']);
  asked: string[] = [];
  isAway = false;
  readonly #listeners: FleetListener[] = [];
  readonly #transport = async ({ path }: { readonly path: string }) => {
    this.asked.push(path);
    if (this.isAway) throw new SriovError('CONTROLLER_UNREACHABLE', 'Cannot reach the controller');
    const attachments = ['fish', 'whale'].map((hostId) => ({
      attachmentId: `a-${hostId}`,
      portId: `p-${hostId}`,
      hostId,
      vm: null,
      state: this.alive.has(hostId) ? 'configured' : 'unknown',
    }));
    return { status: 200, body: JSON.stringify({ attachments, next: null, ports: [] }) };
  };

  /** What lists have of a fleet. */
  readonly fleet = {
    viewer: { value: 'administrator' },
    client: new Client(this.#transport),
    neutron: new NeutronClient(this.#transport),
    onEvent: (listener: FleetListener) => {
      this.#listeners.push(listener);
      return () => {};
    },
  } as unknown as Fleet;

  turn(...hostIds: readonly string[]): void {
    for (const hostId of hostIds) {
      if (!this.alive.delete(hostId)) this.alive.add(hostId);
      this.tell({ kind: 'turn', hostId });
    }
  }

  tell(event: Parameters<FleetListener>[0]): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 30; turns += 1) await turn();
};

describe('attachments', () => {
  it('are unknown once the agents of their hosts are gone, and known again when those are back', async (test: TestContext) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const hosts = new TwoHosts();
    const [ofPort] = followPort(hosts.fleet, 'p-fish');
    const all = [neutronOf(hosts.fleet).attachments.listed, ofPort.attachments.listed];
    const statesOf = () =>
      all.map(({ value }) =>
        itemsOf(value)
          .map(({ state }) => state)
          .join(' '),
      );
    await settle();
    hosts.asked = [];
    hosts.turn('fish', 'whale');
    test.mock.timers.tick(1000);
    await settle();
    assert.deepEqual(statesOf(), Array(2).fill('unknown unknown'));
    assert.equal(hosts.asked.length, 2, 'each list reads them once, however many hosts have gone');
    hosts.turn('fish');
    test.mock.timers.tick(1000);
    await settle();
    assert.deepEqual(statesOf(), Array(2).fill('configured unknown'));
  });
});

describe('neutronOf()', () => {
  it('reads again what could not be read as soon as a stream is open', async () => {
    const hosts = new TwoHosts();
    hosts.isAway = true;
    const { attachments } = neutronOf(hosts.fleet);
    const { listed } = attachments;
    await settle();
    assert.equal(listed.value.kind, 'refused');
    hosts.isAway = false;
    hosts.tell({ kind: 'live' });
    await settle();
    assert.equal(itemsOf(listed.value).length, 2);
  });
});
