import { openDatabase, putHost, Store } from '@virtfn/controller';
import {
  INTEL_E810,
  observeMachine,
  SimulatedMachine,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import { parseHostId, parsePhysicalNetwork } from '@virtfn/model';
import { type ControllerServer, type Figures, withController } from './controller/index.ts';
import type { Benchmark, Row } from './table.ts';

// The controller's program on SQLite, asked over HTTP by another process. What counts is its CPU time: of a real Neutron
// (Zed, MariaDB, RabbitMQ) on a machine like the one of our figures it is known for the same requests.

/** CPU of a real Neutron and its database, ms a request. */
const NEUTRON_MS = { create1: 298, create8: 327, bind1: 471, bind8: 479, show1: 26, delete8: 291 } as const;
/** Lists: of 1,000 and of 10,000 ports. */
const NEUTRON_LIST_MS = { full1000: 703, ids1000: 565, full10000: 6202, limit100: 72 } as const;

const HOSTS = 8;
/** Of each kind of request in one round. */
const AT_ONCE = 400;
const WARM_ROUNDS = 3;

const benchmark: Benchmark = {
  name: 'Neutron API, CPU of the controller',
  run: () => withController(fill, measure),
};

export default benchmark;

async function fill(url: string): Promise<void> {
  const store = await Store.open({ database: await openDatabase(url), now: () => new Date() });
  for (let number = 0; number < HOSTS; number += 1) {
    const machine = new SimulatedMachine(parseHostId(`host-${number}`), new VirtualClock(), [
      { card: INTEL_E810, slot: '0000:af:00', netdevNames: ['ens1f0', 'ens1f1'] },
    ]);
    for (const pf of machine.pfs) {
      writeSriovNumvfs(machine, pf, 100);
      machine.clock.advance(5000);
    }
    const observed = observeMachine(machine);
    const physicalNetworks = new Map(
      observed.pfs.map(({ pciAddress }) => [pciAddress, [parsePhysicalNetwork('physnet1')]]),
    );
    await store.write('put a host', (write) => putHost(write, { observed, findings: [], physicalNetworks }));
  }
  await store.close();
}

/** The middle one of three rounds, for each kind of request: the machine has others to serve, too. */
function medians<Kind extends string>(
  rounds: readonly Readonly<Record<Kind, Figures>>[],
): Readonly<Record<Kind, Figures>> {
  const [first] = rounds;
  if (first === undefined) throw new RangeError('no round was run');
  const kinds = Object.keys(first) as Kind[];
  const middle = (kind: Kind): Figures =>
    rounds.map((round) => round[kind]).toSorted((a, b) => a.cpuMs - b.cpuMs)[rounds.length >> 1] ??
    first[kind];
  return Object.fromEntries(kinds.map((kind) => [kind, middle(kind)])) as Record<Kind, Figures>;
}

interface Made {
  readonly port: { readonly id: string; readonly 'binding:vif_type': string };
}

async function measure(server: ControllerServer): Promise<readonly Row[]> {
  const { network } = await server.ask<{ readonly network: { readonly id: string } }>(
    'POST',
    '/v2.0/networks',
    {
      network: { name: 'n' },
    },
  );
  await server.ask('POST', '/v2.0/subnets', {
    subnet: { network_id: network.id, ip_version: 4, cidr: '10.20.0.0/16' },
  });
  const ids: string[] = [];
  const create = async (): Promise<void> => {
    const port = { network_id: network.id, 'binding:vnic_type': 'direct' };
    ids.push((await server.ask<Made>('POST', '/v2.0/ports', { port })).port.id);
  };
  const bind = async (id: string, index: number): Promise<void> => {
    const port = { 'binding:host_id': `host-${index % HOSTS}`, device_owner: 'compute:nova' };
    const made = await server.ask<Made>('PUT', `/v2.0/ports/${id}`, { port });
    if (made.port['binding:vif_type'] !== 'hw_veb') throw new Error('it is not bound');
  };
  const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

  const show = (id: string): Promise<unknown> => server.ask('GET', `/v2.0/ports/${id}`);
  const remove = (id: string): Promise<unknown> => server.ask('DELETE', `/v2.0/ports/${id}`);
  const round = async () => {
    ids.length = 0;
    const create1 = await server.each(numbers(AT_ONCE), 1, create);
    const create8 = await server.each(numbers(AT_ONCE), 8, create);
    const [half, rest] = [ids.slice(0, AT_ONCE), ids.slice(AT_ONCE)];
    const bind1 = await server.each(half, 1, bind);
    const bind8 = await server.each(rest, 8, (id, index) => bind(id, index));
    const show1 = await server.each(ids, 1, show);
    const delete1 = await server.each(half, 1, remove);
    const delete8 = await server.each(rest, 8, remove);
    return { create1, create8, bind1, bind8, show1, delete1, delete8 };
  };
  // Compiled and warm, as a server is that has run for a while: V8 makes code of what was run some thousand times.
  for (let warm = 0; warm < WARM_ROUNDS; warm += 1) await round();
  const rss = server.rssMb();
  const rounds = [await round(), await round(), await round()];
  const { create1, create8, bind1, bind8, show1, delete1, delete8 } = medians(rounds);
  await server.each(numbers(1000), 8, create);
  const full1000 = await server.each(numbers(10), 1, () => server.ask('GET', '/v2.0/ports?limit=1000'));
  const ids1000 = await server.each(numbers(20), 1, () =>
    server.ask('GET', '/v2.0/ports?fields=id&limit=1000'),
  );
  while (ids.length < 10_000) {
    const ports = numbers(500).map(() => ({ network_id: network.id, 'binding:vnic_type': 'direct' }));
    const made = await server.ask<{ readonly ports: readonly { readonly id: string }[] }>(
      'POST',
      '/v2.0/ports',
      {
        ports,
      },
    );
    ids.push(...made.ports.map(({ id }) => id));
  }
  const full10000 = await server.each(numbers(5), 1, () => server.ask('GET', '/v2.0/ports'));
  const ids10000 = await server.each(numbers(5), 1, () => server.ask('GET', '/v2.0/ports?fields=id'));
  const limit100 = await server.each(numbers(50), 1, () => server.ask('GET', '/v2.0/ports?limit=100'));
  const late = await server.each(numbers(200), 1, create);

  const ratio = (name: string, ours: Figures, neutronMs: number, least: number): Row => {
    const figure = neutronMs / ours.cpuMs;
    return {
      name,
      figure,
      unit: 'times less CPU than Neutron',
      aim: { text: `at least ${least}`, holds: figure >= least },
      note: `${ours.cpuMs.toFixed(2)} ms of CPU, ${ours.wallMs.toFixed(1)} ms between answers`,
    };
  };
  return [
    ratio('create, 1 client', create1, NEUTRON_MS.create1, 200),
    ratio('create, 8 clients', create8, NEUTRON_MS.create8, 200),
    ratio('create with 10,000 ports on the subnet', late, 1075, 200),
    ratio('bind, 1 client', bind1, NEUTRON_MS.bind1, 200),
    ratio('bind, 8 clients', bind8, NEUTRON_MS.bind8, 200),
    ratio('show', show1, NEUTRON_MS.show1, 50),
    ratio('delete, 1 client (Neutron: 8)', delete1, NEUTRON_MS.delete8, 200),
    ratio('delete, 8 clients', delete8, NEUTRON_MS.delete8, 200),
    ratio('list 1,000, full', full1000, NEUTRON_LIST_MS.full1000, 50),
    ratio('list 1,000, fields=id', ids1000, NEUTRON_LIST_MS.ids1000, 50),
    ratio('list 10,000, full', full10000, NEUTRON_LIST_MS.full10000, 50),
    ratio('list 10,000, fields=id (Neutron: full)', ids10000, NEUTRON_LIST_MS.full10000, 50),
    ratio('list with limit=100 of 10,000', limit100, NEUTRON_LIST_MS.limit100, 50),
    { name: 'memory with 10,000 ports, after all this', figure: server.rssMb(), unit: 'MB' },
    { name: 'memory with no ports', figure: rss, unit: 'MB' },
  ];
}
