// The way into a lab host: runs programs there, over a serial line that works without a network and whatever a test does to it.
// Must never assume that the host still runs what it was told to: it may have been reset or restored meanwhile.
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { LabError } from '../lab-error.ts';
import { tryLock } from './channel-lock.ts';
import { type AgentMessage, type ClientMessage, channelCount } from './protocol.ts';
import { RunningProgram, type StartOptions } from './running-program.ts';

export { RunningProgram, type StartOptions } from './running-program.ts';

/** One of a host's channels, taken by this process; many programs can run over it at once. */
export class Channel {
  readonly #host: string;
  readonly #socket: Socket;
  readonly #release: () => void;
  readonly #session = randomUUID();
  readonly #programs = new Map<number, RunningProgram>();
  readonly #waiting = new Set<(bootId: string) => void>();
  #lastId = 0;
  #rest = '';
  #closed = false;
  /** The kernel's name for its current boot; null until the host has answered once. */
  #bootId: string | null = null;

  private constructor(host: string, socket: Socket, release: () => void) {
    this.#host = host;
    this.#socket = socket;
    this.#release = release;
    socket.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    socket.on('close', () => this.#end(`the connection to ${host} is closed`));
    socket.on('error', () => socket.destroy());
  }

  /** Takes the first free channel of a host. @throws {LabError} when all are taken, or the machine is gone */
  static async open(host: string, socketOf: (index: number) => string): Promise<Channel> {
    for (let index = 0; index < channelCount; index++) {
      const file = socketOf(index);
      const release = tryLock(`${file}.lock`);
      if (release === null) continue;
      try {
        return new Channel(host, await connectTo(file), release);
      } catch (cause) {
        release();
        throw new LabError(`Cannot reach ${host}: no machine listens at ${file}`, { cause });
      }
    }
    const hint = 'End one of the commands or tests that use this host';
    throw new LabError(`Cannot reach ${host}: all ${channelCount} channels are in use`, { hint });
  }

  /** Waits until the host's agent answers, and gives the boot it runs in. Asks again and again: the host may be starting. */
  async greet(signal: AbortSignal): Promise<string> {
    const answered = Promise.withResolvers<string>();
    const abort = (): void => answered.reject(signal.reason);
    const hello = (): void => this.#send({ do: 'hello', session: this.#session });
    this.#waiting.add(answered.resolve);
    signal.addEventListener('abort', abort, { once: true });
    const repeat = setInterval(hello, 500);
    try {
      signal.throwIfAborted();
      hello();
      return await answered.promise;
    } finally {
      clearInterval(repeat);
      signal.removeEventListener('abort', abort);
      this.#waiting.delete(answered.resolve);
    }
  }

  /** Starts a program; it is ended when this process ends. `greet` must have succeeded before. */
  start(argv: readonly string[], options: StartOptions = {}): RunningProgram {
    if (this.#closed) throw new LabError(`Cannot run ${argv[0]} in ${this.#host}: the connection is closed`);
    const id = ++this.#lastId;
    const session = this.#session;
    const program = new RunningProgram(`${argv[0]} in ${this.#host}`, {
      input: (data) => this.#send({ do: 'input', session, id, data: data?.toString('base64') ?? null }),
      kill: (signal) => this.#send({ do: 'kill', session, id, signal }),
    });
    this.#programs.set(id, program);
    this.#send({ do: 'run', session, id, argv, cwd: options.cwd ?? null, env: options.env ?? {} });
    return program;
  }

  close(): void {
    this.#socket.destroy();
    this.#end('this side has closed it');
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = parse(line);
      if (message !== null && (message.session === this.#session || message.do === 'boot'))
        this.#judge(message);
    }
  }

  #judge(message: AgentMessage): void {
    if (message.do === 'boot' || message.do === 'hello') {
      if (this.#bootId !== null && (message.bootId !== this.#bootId || message.do === 'boot')) {
        this.#fail(`${this.#host} has started anew`);
      }
      this.#bootId = message.bootId;
      if (message.do === 'hello') for (const answer of this.#waiting) answer(message.bootId);
      return;
    }
    const program = this.#programs.get(message.id);
    if (message.do === 'output') program?.takeOutput(message.to, Buffer.from(message.data, 'base64'));
    else {
      this.#programs.delete(message.id);
      if (message.do === 'exit') program?.finish(message.status);
      else program?.fail(`it could not be started: ${message.reason}`);
    }
  }

  #send(message: ClientMessage): void {
    if (!this.#closed) this.#socket.write(`\n${JSON.stringify(message)}\n`);
  }

  #fail(reason: string): void {
    for (const program of this.#programs.values()) program.fail(reason);
    this.#programs.clear();
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#fail(reason);
  }
}

function connectTo(file: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(file);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function parse(line: string): AgentMessage | null {
  try {
    return line === '' ? null : (JSON.parse(line) as AgentMessage);
  } catch {
    return null; // the rest of a line that was cut off
  }
}
