import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';

const PROGRAM = path.join(import.meta.dirname, '../../packages/controller-program/src/main.ts');
/** Kernel ticks of /proc/PID/stat, by POSIX's sysconf on every Linux of today. */
const TICK_MS = 10;

/** For one request. */
export interface Figures {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** The controller's program on SQLite, asked over HTTP. */
export class ControllerServer {
  readonly #child: ChildProcess;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(folder: string): Promise<ControllerServer> {
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
    return new ControllerServer(child, Number(port));
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
          path: at,
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
