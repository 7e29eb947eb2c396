import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  decodeLink,
  encodeGetLink,
  encodeListLinks,
  encodeSetLink,
  NetlinkSocket,
  Protocol,
  RouteClient,
} from '@virtfn/netlink';
import { measure } from './measure.ts';
import type { Benchmark, Row } from './table.ts';

const LINKS = 501;
const MANY = 35;
const run = promisify(execFile);

/** Medians in milliseconds, measured in a network namespace of its own, where links can be made. */
interface Figures {
  readonly dump: number;
  readonly dumpAside: number;
  readonly dumpByIp: number;
  readonly get: number;
  readonly set: number;
  readonly setAside: number;
  readonly setByIp: number;
  /** As many changes as five attributes of seven VFs, one after the other. */
  readonly manyAside: number;
  readonly manyByBatch: number;
}

async function measureHere(): Promise<Figures> {
  const lines = Array.from(
    { length: (LINKS - 1) / 2 },
    (_, at) => `link add a${at} type veth peer name b${at}\n`,
  );
  execFileSync('ip', ['-batch', '-'], { input: lines.join('') });
  using socket = new NetlinkSocket({ protocol: Protocol.route });
  using client = new RouteClient();
  const what = 'measure';
  const { ifIndex } = await client.getLink({ name: 'a0' });
  let mtu = 1400;
  const nextMtu = (): number => {
    mtu = mtu === 1400 ? 1401 : 1400;
    return mtu;
  };
  const listed = socket.requestSync(encodeListLinks('vfs'), { what }).map(decodeLink);
  if (listed.length !== LINKS) throw new Error(`${listed.length} links where ${LINKS} were made`);
  const median = async (work: () => unknown, runs: number): Promise<number> =>
    (await measure(work, { runs })).median;
  return {
    dump: await median(() => socket.requestSync(encodeListLinks('vfs'), { what }).map(decodeLink), 50),
    dumpAside: await median(() => client.listLinks('vfs'), 50),
    dumpByIp: await median(async () => {
      const { stdout } = await run('ip', ['-json', 'link'], { maxBuffer: 16 << 20 });
      return JSON.parse(stdout) as unknown;
    }, 20),
    get: await median(
      () => socket.requestSync(encodeGetLink({ ifIndex }, 'vfs'), { what }).map(decodeLink),
      500,
    ),
    set: await median(() => {
      const request = encodeSetLink(ifIndex, { kind: 'mtu', mtu: nextMtu() });
      return socket.requestSync(request, { what });
    }, 500),
    setAside: await median(() => client.setMtu(ifIndex, nextMtu()), 500),
    setByIp: await median(() => run('ip', ['link', 'set', 'a0', 'mtu', String(nextMtu())]), 20),
    manyAside: await median(async () => {
      for (let change = 0; change < MANY; change += 1) await client.setMtu(ifIndex, nextMtu());
    }, 50),
    manyByBatch: await median(() => {
      const changes = Array.from({ length: MANY }, () => `link set a0 mtu ${nextMtu()}\n`);
      return execFileSync('ip', ['-batch', '-'], { input: changes.join('') });
    }, 50),
  };
}

const benchmark: Benchmark = {
  name: `netlink, ${LINKS} links`,
  async run(): Promise<readonly Row[]> {
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--net', process.execPath, import.meta.filename, namespace()],
      {
        encoding: 'utf8',
      },
    );
    if (status !== 0) {
      const note = `skipped: needs root, unshare and ip (${stderr.trim().split('\n').at(-1) ?? ''})`;
      return [{ name: 'dump', figure: Number.NaN, unit: 'ms', note }];
    }
    const figures = JSON.parse(stdout) as Figures;
    const dump = figures.dumpByIp / figures.dump;
    const dumpAside = figures.dumpByIp / figures.dumpAside;
    const many = figures.manyByBatch / figures.manyAside;
    const set = figures.setByIp / figures.set;
    const setAside = figures.setByIp / figures.setAside;
    return [
      { name: 'dump and decode, on this thread', figure: figures.dump, unit: 'ms' },
      { name: 'dump and decode, event loop free', figure: figures.dumpAside, unit: 'ms' },
      { name: '`ip -json link` and JSON.parse', figure: figures.dumpByIp, unit: 'ms' },
      { name: 'dump, times faster than ip', figure: dump, unit: 'x', aim: { text: '> 3', holds: dump > 3 } },
      {
        name: 'dump, event loop free, times faster',
        figure: dumpAside,
        unit: 'x',
        aim: { text: '> 1', holds: dumpAside > 1 },
      },
      { name: 'one link, on this thread', figure: figures.get * 1000, unit: 'µs' },
      { name: 'set an MTU, on this thread', figure: figures.set * 1000, unit: 'µs' },
      { name: 'set an MTU, event loop free', figure: figures.setAside * 1000, unit: 'µs' },
      { name: 'set, times faster than ip', figure: set, unit: 'x', aim: { text: '> 20', holds: set > 20 } },
      {
        name: 'set, event loop free, times faster',
        figure: setAside,
        unit: 'x',
        aim: { text: '> 5', holds: setAside > 5 },
      },
      { name: `${MANY} changes, event loop free`, figure: figures.manyAside, unit: 'ms' },
      { name: `the same by one \`ip -batch\``, figure: figures.manyByBatch, unit: 'ms' },
      {
        name: 'times faster than ip -batch',
        figure: many,
        unit: 'x',
        aim: { text: '>= 1', holds: many >= 1 },
      },
    ];
  },
};

export default benchmark;

if (import.meta.main) {
  // Links are made here, so not where somebody might run this file by itself.
  const outside = process.argv[2];
  if (outside === undefined || outside === namespace()) throw new Error('run by: npm run bench -- netlink');
  console.log(JSON.stringify(await measureHere()));
}

function namespace(): string {
  return readlinkSync('/proc/self/ns/net');
}
