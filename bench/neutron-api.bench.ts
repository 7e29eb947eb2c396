import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { openDatabase, putHost, Store } from '@virtfn/controller';
import {
  INTEL_E810,
  observeMachine,
  SimulatedMachine,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import { parseHostId, parsePhysicalNetwork } from '@virtfn/model';
import type { Benchmark, Row } from './table.ts';

// The controller's program on SQLite, asked over HTTP by another process. What counts is its CPU time: of a real Neutron
// (Zed, MariaDB, RabbitMQ) on a machine like the one of our figures it is known for the same requests.

/** CPU of a real Neutron and its database, ms a request. */
const NEUTRON_MS = { create1: 298, create8: 327, bind1: 471, bind8: 479, show1: 26, delete8: 291 } as const;
/** Lists: of 1,000 and of 10,000 ports. */
const NEUTRON_LIST_MS = { full1000: 703, ids1000: 565, full10000: 6202, limit100: 72 } as const;

const HOSTS = 8;
const PROGRAM = path.join(import.meta.dirname, '../packages/controller-program/src/main.ts');
/** Kernel ticks of /proc/PID/stat, by POSIX's sysconf on every Linux of today. */
const TICK_MS = 10;

const benchmark: Benchmark = {
  name: 'Neutron API, CPU of the controller',
  async run(): Promise<readonly Row[]> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bench-api-'));
    await fill(`sqlite:${folder}/controller.db`);
    const server = await Server.start(folder);
    try {
      return await measure(server);
    } finally {
      server.kill();
      rmSync(folder, { recursive: true });
    }
  },
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

/** For one request. */
interface Figures {
  readonly cpuMs: number;
  readonly wallMs: number;
}

class Server {
  readonly #child: ChildProcess;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(folder: string): Promise<Server> {
    const config = path.join(folder, 'controller.yaml');
    writeFileSync(
      config,
      `version: 1\nlisten: 127.0.0.1:0\nagentLink: { listen: '127.0.0.1:0' }\nstateDir: ${folder}\ndatabase: { url: 'sqlite:${folder}/controller.db' }\nvlanRanges: [physnet1:100:1999]\nquotas: { port: -1 }\nhostGoneAfterSeconds: 86400\n`,
    );
    const child = spawn(process.execPath, [PROGRAM, 'run', '--config', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.stdout === null) throw new Error('no output');
    const lines = createInterface({ input: child.stdout });
    const first = String((await lines[Symbol.asyncIterator]().next()).value);
    const port = /listening on http:\S+:(\d+),/.exec(first)?.[1];
    if (port === undefined) throw new Error(first);
    return new Server(child, Number(port));
  }

  kill(): void {
    this.#agent.destroy();
    this.#child.kill('SIGKILL');
  }

  /** CPU time of all threads so far, ms. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  rssMb(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000;
  }

  ask<Answer>(method: string, at: string, body?: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: this.#port,
          agent: this.#agent,
          method,
          path: `/v2.0/${at}`,
          headers: { 'content-type': 'application/json' },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            if ((response.statusCode ?? 500) >= 300) reject(new Error(text));
            else resolve((text === '' ? null : JSON.parse(text)) as Answer);
          });
        },
      );
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Does something for each item by so many clients: CPU of the server in ms for each. */
  async each<Item>(
    items: readonly Item[],
    clients: number,
    work: (item: Item, index: number) => Promise<unknown>,
  ): Promise<Figures> {
    const waiting = [...items.entries()];
    const [cpu, wall] = [this.cpuMs(), performance.now()];
    await Promise.all(
      Array.from({ length: clients }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          await work(next[1], next[0]);
      }),
    );
    return {
      cpuMs: (this.cpuMs() - cpu) / items.length,
      wallMs: (performance.now() - wall) / items.length,
    };
  }
}

interface Made {
  readonly port: { readonly id: string; readonly 'binding:vif_type': string };
}

async function measure(server: Server): Promise<readonly Row[]> {
  const { network } = await server.ask<{ readonly network: { readonly id: string } }>('POST', 'networks', {
    network: { name: 'n' },
  });
  await server.ask('POST', 'subnets', {
    subnet: { network_id: network.id, ip_version: 4, cidr: '10.20.0.0/16' },
  });
  const ids: string[] = [];
  const create = async (): Promise<void> => {
    const port = { network_id: network.id, 'binding:vnic_type': 'direct' };
    ids.push((await server.ask<Made>('POST', 'ports', { port })).port.id);
  };
  const bind = async (id: string, index: number): Promise<void> => {
    const port = { 'binding:host_id': `host-${index % HOSTS}`, device_owner: 'compute:nova' };
    const made = await server.ask<Made>('PUT', `ports/${id}`, { port });
    if (made.port['binding:vif_type'] !== 'hw_veb') throw new Error('it is not bound');
  };
  const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

  // Compiled and warm, as a server is that has run for a while.
  await server.each(numbers(300), 8, create);
  const rss = server.rssMb();
  const create1 = await server.each(numbers(400), 1, create);
  const create8 = await server.each(numbers(400), 8, create);
  const bind1 = await server.each(ids.slice(0, 400), 1, bind);
  const bind8 = await server.each(ids.slice(400, 800), 8, (id, index) => bind(id, index));
  const show1 = await server.each(ids.slice(0, 1000), 1, (id) => server.ask('GET', `ports/${id}`));
  const full1000 = await server.each(numbers(10), 1, () => server.ask('GET', 'ports?limit=1000'));
  const ids1000 = await server.each(numbers(20), 1, () => server.ask('GET', 'ports?fields=id&limit=1000'));
  while (ids.length < 10_000) {
    const ports = numbers(500).map(() => ({ network_id: network.id, 'binding:vnic_type': 'direct' }));
    const made = await server.ask<{ readonly ports: readonly { readonly id: string }[] }>('POST', 'ports', {
      ports,
    });
    ids.push(...made.ports.map(({ id }) => id));
  }
  const full10000 = await server.each(numbers(5), 1, () => server.ask('GET', 'ports'));
  const ids10000 = await server.each(numbers(5), 1, () => server.ask('GET', 'ports?fields=id'));
  const limit100 = await server.each(numbers(50), 1, () => server.ask('GET', 'ports?limit=100'));
  const late = await server.each(numbers(200), 1, create);
  const delete8 = await server.each(ids.slice(0, 400), 8, (id) => server.ask('DELETE', `ports/${id}`));

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
    ratio('delete, 8 clients', delete8, NEUTRON_MS.delete8, 200),
    ratio('list 1,000, full', full1000, NEUTRON_LIST_MS.full1000, 50),
    ratio('list 1,000, fields=id', ids1000, NEUTRON_LIST_MS.ids1000, 50),
    ratio('list 10,000, full', full10000, NEUTRON_LIST_MS.full10000, 50),
    ratio('list 10,000, fields=id (Neutron: full)', ids10000, NEUTRON_LIST_MS.full10000, 50),
    ratio('list with limit=100 of 10,000', limit100, NEUTRON_LIST_MS.limit100, 50),
    { name: 'memory with 10,000 ports, after all this', figure: server.rssMb(), unit: 'MB' },
    { name: 'memory with 300 ports', figure: rss, unit: 'MB' },
  ];
}
