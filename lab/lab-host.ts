import { createReadStream, createWriteStream, statSync } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { Channel, type RunningProgram, type StartOptions } from './channel/index.ts';
import { LabError } from './lab-error.ts';
import type { HostTopology } from './topologies/index.ts';

export interface ExecOptions extends StartOptions {
  /** After this the program is killed and `exec` fails. Default: 60 s; emulation is slow. */
  readonly timeoutMs?: number;
  readonly stdin?: string | Buffer;
}

export interface ExecResult {
  /** As a shell gives it: 128 + N for a program ended by signal N. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultTimeoutMs = 60_000;

/** One host of a lab that runs. Connects when it is first used; `disconnect` before the process may end. */
export class LabHost {
  readonly topology: HostTopology;
  readonly #socketOf: (index: number) => string;
  #connecting: Promise<Channel> | null = null;

  constructor(topology: HostTopology, socketOf: (index: number) => string) {
    this.topology = topology;
    this.#socketOf = socketOf;
  }

  get name(): string {
    return this.topology.name;
  }

  /** Runs a program to its end, whatever its status. Nothing goes through a shell. @throws {LabError} after the time limit */
  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { timeoutMs = defaultTimeoutMs, stdin = '' } = options;
    const program = await this.start(argv, options);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    program.onStdout((data) => stdout.push(data)).onStderr((data) => stderr.push(data));
    program.write(Buffer.from(stdin));
    program.write(null);
    const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      program.kill('SIGKILL');
      const said = `${text(stdout)}${text(stderr)}`.trimEnd();
      late.reject(
        new LabError(`Cannot finish ${argv.join(' ')} in ${this.name} in ${timeoutMs} ms: it said "${said}"`),
      );
    }, timeoutMs);
    try {
      const status = await Promise.race([program.ended, late.promise]);
      return { status, stdout: text(stdout), stderr: text(stderr) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs a program that must succeed, and gives its standard output. @throws {LabError} with what it said */
  async run(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.exec(argv, options);
    if (status === 0) return stdout;
    const said = `${stdout}${stderr}`.trimEnd();
    throw new LabError(`Cannot run ${argv.join(' ')} in ${this.name}: it ended with ${status}\n${said}`);
  }

  /** Runs a bash script that must succeed; it ends at the first command that fails. */
  async sh(script: string, options: ExecOptions = {}): Promise<string> {
    return await this.run(['bash', '-euo', 'pipefail', '-c', script], options);
  }

  /** Starts a program and leaves it running, until its end or the end of this process. */
  async start(argv: readonly string[], options: StartOptions = {}): Promise<RunningProgram> {
    const channel = await this.#connect(AbortSignal.timeout(defaultTimeoutMs));
    return channel.start(argv, options);
  }

  /** Waits until the host has booted, and every unit that should run does. @throws {LabError} naming units that failed */
  async waitForBoot(signal: AbortSignal): Promise<void> {
    await this.#connect(signal);
    // Ends with 1 for "degraded", and then the units say why.
    const { stdout } = await this.exec(['systemctl', 'is-system-running', '--wait'], { timeoutMs: 240_000 });
    const state = stdout.trim();
    if (state === 'running') return;
    const failed = await this.run(['systemctl', '--failed', '--plain', '--no-legend']);
    const log = await this.exec(['journalctl', '--boot', '--priority=warning', '--no-pager', '--lines=20']);
    throw new LabError(`Cannot use ${this.name}: it booted and is "${state}"\n${failed}${log.stdout}`);
  }

  /** Restarts the host in good order, as its own `reboot` does, and waits until it is back. What is on its disk stays. */
  async reboot({ timeoutMs = 180_000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    const channel = await this.#connect(signal);
    const before = await channel.greet(signal);
    // It goes away while it answers, or after.
    await this.exec(['systemctl', '--no-block', 'reboot']).catch(() => null);
    while ((await channel.greet(signal)) === before) {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await this.waitForBoot(signal);
  }

  /** Copies a file or folder of this machine to `target`, a path in the host that must not exist or be a folder to merge with. */
  async copyIn(source: string, target: string): Promise<void> {
    const isFolder = statSync(source).isDirectory();
    const receive = isFolder ? 'mkdir -p "$0" && tar -xC "$0"' : 'mkdir -p "$(dirname "$0")" && cat > "$0"';
    const program = await this.start(['bash', '-c', receive, target]);
    const errors: Buffer[] = [];
    program.onStderr((data) => errors.push(data));
    for await (const part of isFolder ? tarOf(source) : createReadStream(source))
      program.write(part as Buffer);
    program.write(null);
    const status = await program.ended;
    if (status !== 0)
      throw new LabError(`Cannot copy to ${target} in ${this.name}: ${Buffer.concat(errors).toString()}`);
  }

  /** Copies one file of the host to `target` on this machine. */
  async copyOut(source: string, target: string): Promise<void> {
    const program = await this.start(['cat', '--', source]);
    const file = createWriteStream(target);
    const errors: Buffer[] = [];
    program.onStdout((data) => file.write(data)).onStderr((data) => errors.push(data));
    const status = await program.ended;
    file.end();
    await finished(file);
    if (status !== 0)
      throw new LabError(`Cannot copy ${source} of ${this.name}: ${Buffer.concat(errors).toString()}`);
  }

  async disconnect(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = null;
    (await connecting?.catch(() => null))?.close();
  }

  async #connect(signal: AbortSignal): Promise<Channel> {
    this.#connecting ??= (async () => {
      const channel = await Channel.open(this.name, this.#socketOf);
      try {
        await channel.greet(signal);
      } catch (cause) {
        channel.close();
        this.#connecting = null;
        throw new LabError(`Cannot reach ${this.name}: nothing in it answers`, { cause });
      }
      return channel;
    })();
    return await this.#connecting;
  }
}

async function* tarOf(folder: string): AsyncGenerator<Buffer> {
  const { spawn } = await import('node:child_process');
  const tar = spawn('tar', ['-C', path.resolve(folder), '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => tar.on('close', resolve));
  yield* tar.stdout as AsyncIterable<Buffer>;
  if ((await ended) !== 0) throw new LabError(`Cannot read ${folder}: tar failed`);
}
