import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Controller, listen, OpenAuthenticator, openDatabase, putHost, Store } from '@virtfn/controller';
import { observeMachine, seededRandom, syntheticFleet, VirtualClock } from '@virtfn/host-simulator';
import { type ObservedHost, parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import { summarize } from './measure.ts';
import type { Benchmark, Row } from './table.ts';

// A VF for a port from a whole fleet: asked by HTTP, chosen, claimed, and on the disk before the answer.

const HOSTS = 10_000;
const SHAPE = { hosts: HOSTS, pfsPerHost: 2, vfsPerPf: 50, seed: 1 };
const PORTS = 1200;
/** Compiled and warm, as a controller is that has run for a while. */
const WARM_UP = 200;

const benchmark: Benchmark = {
  name: `allocation among ${HOSTS} hosts x 100 VFs`,
  async run(): Promise<readonly Row[]> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bench-allocation-'));
    const store = await Store.open({
      database: await openDatabase(`sqlite:${folder}/controller.db`),
      now: () => new Date(),
    });
    const controller = new Controller({
      store,
      version: '0',
      authenticator: new OpenAuthenticator(),
      settings: {
        vlanRanges: parseVlanRanges('physnet1:100:1999', parsePhysicalNetwork),
        quotas: {},
        hostGoneAfterMs: 86_400_000,
      },
    });
    try {
      await fill(store);
      await controller.start();
      return await measure(await listen(controller.server, { host: '127.0.0.1', port: 0 }));
    } finally {
      await controller.server.close();
      await store.close();
      rmSync(folder, { recursive: true });
    }
  },
};

export default benchmark;

/** Some VFs of each PF are used by others than ports, so that no PF is like the next. */
async function fill(store: Store): Promise<void> {
  const random = seededRandom(7);
  const physicalNetworks = ['physnet1', 'physnet2'].map(parsePhysicalNetwork);
  const clock = new VirtualClock();
  const machines = syntheticFleet(SHAPE, clock);
  clock.advance(5000);
  for (const machine of machines) {
    for (const pf of machine.pfs) pf.adminUp = true;
    const observed = observeMachine(machine);
    const joined: ObservedHost = {
      ...observed,
      pfs: observed.pfs.map((pf) => ({ ...pf, carrier: random() < 0.9 })),
    };
    const wires = new Map(
      joined.pfs.map((pf, index) => [pf.pciAddress, physicalNetworks.slice(index % 2, (index % 2) + 1)]),
    );
    await store.write('put a host', (write) =>
      putHost(write, { observed: joined, findings: [], physicalNetworks: wires }),
    );
  }
}

async function measure(url: string): Promise<readonly Row[]> {
  const ask = async (at: string, body: object): Promise<Readonly<Record<string, unknown>>> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${at}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, text);
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  };
  const { network } = (await ask('/v2.0/networks', { network: {} })) as {
    readonly network: { readonly id: string };
  };
  const port = { network_id: network.id, 'binding:vnic_type': 'direct' };
  const ids: string[] = [];
  while (ids.length < PORTS + WARM_UP) {
    const { ports } = (await ask('/v2.0/ports', { ports: Array.from({ length: 200 }, () => port) })) as {
      readonly ports: readonly { readonly id: string }[];
    };
    ids.push(...ports.map(({ id }) => id));
  }
  const times: number[] = [];
  const hosts = new Set<unknown>();
  for (const [index, id] of ids.entries()) {
    const started = performance.now();
    const { hostId } = await ask(`/virtfn/v1/ports/${id}/place`, { hostId: null });
    if (index >= WARM_UP) times.push(performance.now() - started);
    hosts.add(hostId);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(0.99 * (sorted.length - 1))] ?? Number.NaN;
  return [
    { name: 'any host, p99', figure: p99, unit: 'ms', aim: { text: '< 5', holds: p99 < 5 } },
    { name: 'any host, median', figure: summarize(times).median, unit: 'ms' },
    { name: 'hosts that got a port', figure: hosts.size, unit: 'hosts' },
    { name: 'memory of all this', figure: process.memoryUsage().rss / 1e6, unit: 'MB' },
  ];
}
