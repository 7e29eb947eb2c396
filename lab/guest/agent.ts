// The agent in a lab host: runs what clients outside ask for, over serial channels that need no network.
// It must never import more than Node itself and types: it stands alone in the host, without the checkout.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentMessage, ClientMessage } from '../channel/protocol.ts';

const folder = '/dev/virtio-ports';
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

// Its own settings of Node are not for the programs it runs.
const { UV_THREADPOOL_SIZE: _size, NODE_COMPILE_CACHE: _cache, ...inherited } = process.env;

/** One channel: reads requests, runs programs, sends what they say. */
class AgentChannel {
  readonly #port: FileHandle;
  readonly #running = new Map<number, ChildProcess>();
  #session: string | null = null;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(port: FileHandle) {
    this.#port = port;
  }

  async serve(): Promise<never> {
    void this.#send({ do: 'boot', session: null, bootId });
    const buffer = Buffer.alloc(1 << 16);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      // Blocks until there is something; at once 0 bytes while no client is connected.
      const { bytesRead } = await this.#port.read(buffer);
      if (bytesRead === 0) {
        this.#endSession();
        await delay(100);
        continue;
      }
      const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
    }
  }

  #take(line: string): void {
    const message = parse(line);
    if (message === null) return;
    if (message.do === 'hello') {
      if (message.session !== this.#session) this.#endSession();
      this.#session = message.session;
      void this.#send({ do: 'hello', session: message.session, bootId });
      return;
    }
    if (message.session !== this.#session) return;
    if (message.do === 'run') {
      this.#run(message);
      return;
    }
    const child = this.#running.get(message.id);
    if (child === undefined) return;
    if (message.do === 'kill') killGroup(child, message.signal as NodeJS.Signals);
    else if (message.data === null) child.stdin?.end();
    else child.stdin?.write(Buffer.from(message.data, 'base64'));
  }

  #run({ session, id, argv, cwd, env }: ClientMessage & { readonly do: 'run' }): void {
    const [file = '', ...args] = argv;
    const child = spawn(file, args, {
      cwd: cwd ?? '/root',
      // Its input is a socket, and a bash of the first level then takes itself for a login over the network.
      env: { ...inherited, SHLVL: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#running.set(id, child);
    const finished = Promise.all([
      this.#forward(child.stdout, { session, id, to: 1 }),
      this.#forward(child.stderr, { session, id, to: 2 }),
    ]);
    // Whoever writes to a program that has closed its input finds out by its exit status.
    child.stdin.on('error', () => {});
    child.on('error', (error) => {
      this.#running.delete(id);
      if (child.pid === undefined) void this.#send({ do: 'refused', session, id, reason: error.message });
    });
    child.on('exit', (code, signal) => {
      const status = code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]);
      // A background process may hold the output open for ever; what the program itself has said is there by now.
      void Promise.race([finished, delay(500)]).then(() => {
        this.#running.delete(id);
        return this.#send({ do: 'exit', session, id, status });
      });
    });
  }

  /** Waits for each part to be sent before it takes the next, so a program that says much is slowed down. */
  async #forward(
    stream: AsyncIterable<Buffer>,
    about: { readonly session: string; readonly id: number; readonly to: 1 | 2 },
  ): Promise<void> {
    try {
      for await (const data of stream) {
        await this.#send({ do: 'output', ...about, data: data.toString('base64') });
      }
    } catch {
      // The program was killed while it spoke.
    }
  }

  async #send(message: AgentMessage): Promise<void> {
    const line = Buffer.from(`\n${JSON.stringify(message)}\n`);
    const sent = this.#sending.then(async () => {
      // The client may have left meanwhile, and a write without one would wait for the next.
      if (message.session === this.#session || message.session === null) await writeAll(this.#port, line);
    });
    this.#sending = sent.catch((error: unknown) => console.error(error));
    await this.#sending;
  }

  #endSession(): void {
    this.#session = null;
    for (const child of this.#running.values()) killGroup(child, 'SIGKILL');
  }
}

async function writeAll(port: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await port.write(bytes, at)).bytesWritten;
}

function parse(line: string): ClientMessage | null {
  try {
    return line === '' ? null : (JSON.parse(line) as ClientMessage);
  } catch {
    return null; // the rest of a line that was cut off
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

const names = readdirSync(folder).filter((name) => name.startsWith('virtfn.lab.'));
if (names.length === 0) throw new Error(`Cannot serve: no channel in ${folder}`);
await Promise.all(
  names.map(async (name) => await new AgentChannel(await open(path.join(folder, name), 'r+')).serve()),
);
