import { openDatabase, putHost, Store } from '@virtfn/controller';
import { observeMachine, seededRandom, syntheticFleet, VirtualClock } from '@virtfn/host-simulator';
import { type ObservedHost, parsePhysicalNetwork } from '@virtfn/model';
import { type ControllerServer, withController } from './controller/index.ts';
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
  run: () => withController(fill, measure),
};

export default benchmark;

/** Some VFs of each PF are used by others than ports, so that no PF is like the next. */
async function fill(url: string): Promise<void> {
  const store = await Store.open({ database: await openDatabase(url), now: () => new Date() });
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
  await store.close();
}

async function measure(server: ControllerServer): Promise<readonly Row[]> {
  const { network } = await server.ask<{ readonly network: { readonly id: string } }>(
    'POST',
    '/v2.0/networks',
    {
      network: {},
    },
  );
  const port = { network_id: network.id, 'binding:vnic_type': 'direct' };
  const ids: string[] = [];
  while (ids.length < PORTS + WARM_UP) {
    const { ports } = await server.ask<{ readonly ports: readonly { readonly id: string }[] }>(
      'POST',
      '/v2.0/ports',
      { ports: Array.from({ length: 200 }, () => port) },
    );
    ids.push(...ports.map(({ id }) => id));
  }
  const times: number[] = [];
  const hosts = new Set<string>();
  for (const [index, id] of ids.entries()) {
    const started = performance.now();
    const { hostId } = await server.ask<{ readonly hostId: string }>('POST', `/virtfn/v1/ports/${id}/place`, {
      hostId: null,
    });
    if (index >= WARM_UP) times.push(performance.now() - started);
    hosts.add(hostId);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(0.99 * (sorted.length - 1))] ?? Number.NaN;
  return [
    { name: 'any host, p99', figure: p99, unit: 'ms', aim: { text: '< 5', holds: p99 < 5 } },
    { name: 'any host, median', figure: summarize(times).median, unit: 'ms' },
    { name: 'hosts that got a port', figure: hosts.size, unit: 'hosts' },
    { name: 'memory of the controller', figure: server.rssMb(), unit: 'MB' },
  ];
}
