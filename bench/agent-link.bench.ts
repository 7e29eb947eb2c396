import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Answer, Order, ProcessFigures } from './agent-link/agent-link.ts';
import type { Benchmark, Row } from './table.ts';

const AGENTS = 10_000;
/** Two rounds of heartbeats. */
const IDLE_MS = 30_000;

const benchmark: Benchmark = {
  name: `${AGENTS} agents on one controller, over TLS`,
  async run(): Promise<readonly Row[]> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bench-link-'));
    const children: Child[] = [];
    const start = (file: string, ...args: readonly string[]): Child => {
      const child = new Child(file, args);
      children.push(child);
      return child;
    };
    try {
      return await measureLink(folder, start);
    } finally {
      await Promise.all(children.map((child) => child.kill()));
      rmSync(folder, { recursive: true });
    }
  },
};

async function measureLink(
  folder: string,
  start: (file: string, ...args: readonly string[]) => Child,
): Promise<readonly Row[]> {
  const first = start('controller-process.ts', folder, '0', '1');
  const { port } = await first.hear('listening');
  const empty = await first.figures();
  const agents = start('agents-process.ts', folder, String(port), String(AGENTS));
  await agents.hear('started');
  const joining = performance.now();
  await agents.awaitRevision(1);
  const joinedS = (performance.now() - joining) / 1000;

  // What the handshakes left behind is gone by the time that a fleet is quiet.
  await setTimeout(2000);
  const before = await first.figures();
  await setTimeout(IDLE_MS);
  const after = await first.figures();
  const idlePercent = ((after.cpuMs - before.cpuMs) / IDLE_MS) * 100;
  const kbEach = (after.rssBytes - empty.rssBytes) / AGENTS / 1000;
  if (after.sessions !== AGENTS) throw new Error(`${after.sessions} of ${AGENTS} are connected`);

  const waking = performance.now();
  first.send({ kind: 'wake-all' });
  await agents.awaitRevision(2);
  const wokenS = (performance.now() - waking) / 1000;

  await first.kill();
  const restarting = performance.now();
  const second = start('controller-process.ts', folder, String(port), '3');
  await second.hear('listening');
  await agents.awaitRevision(3);
  const backS = (performance.now() - restarting) / 1000;
  const { cpuMs } = await second.figures();

  return [
    { name: 'all connected for the first time', figure: joinedS, unit: 's' },
    {
      name: 'memory of the controller for each',
      figure: kbEach,
      unit: 'kB',
      aim: { text: '< 100', holds: kbEach < 100 },
      note: `${Math.round(after.rssBytes / 1e6)} MB in all, ${Math.round(empty.rssBytes / 1e6)} MB without`,
    },
    {
      name: 'controller while nothing happens',
      figure: idlePercent,
      unit: '% of a CPU',
      aim: { text: '< 10', holds: idlePercent < 10 },
    },
    { name: 'all told of a change', figure: wokenS, unit: 's' },
    {
      name: 'all back after kill -9 and restart',
      figure: backS,
      unit: 's',
      aim: { text: '< 60', holds: backS < 60 },
      note: `${(cpuMs / AGENTS).toFixed(2)} ms of controller CPU each`,
    },
  ];
}

/** A process of the benchmark, and what it says. */
class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #answers: Answer[] = [];
  #heard: () => void = () => {};

  constructor(file: string, args: readonly string[]) {
    this.#process = fork(path.join(import.meta.dirname, 'agent-link', file), args, {
      execArgv: ['--expose-gc'],
    });
    this.#process.on('message', (message: Answer) => {
      this.#answers.push(message);
      this.#heard();
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', () => {
        resolve();
        this.#heard();
      });
    });
  }

  send(order: Order): void {
    this.#process.send(order);
  }

  async hear<Kind extends Answer['kind']>(kind: Kind): Promise<Extract<Answer, { readonly kind: Kind }>> {
    for (;;) {
      const at = this.#answers.findIndex((each) => each.kind === kind);
      const [found] = at === -1 ? [] : this.#answers.splice(at, 1);
      if (found !== undefined) return found as Extract<Answer, { readonly kind: Kind }>;
      if (this.#process.exitCode !== null)
        throw new Error(`the process ended with ${this.#process.exitCode}`);
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  figures(): Promise<ProcessFigures> {
    this.send({ kind: 'figures' });
    return this.hear('figures');
  }

  async awaitRevision(revision: number): Promise<void> {
    this.send({ kind: 'await-revision', revision });
    await this.hear('all-there');
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

export default benchmark;
