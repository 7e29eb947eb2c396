import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Domain, type EventKind, eventKinds } from '../codec/index.ts';
import type { EventWatch, LibvirtEvent, WatchOptions } from '../client/index.ts';
import { tellGuarded } from '../client/tell-guarded.ts';
import { LibvirtUnavailable } from '../connection/index.ts';
import { parseEventLine } from './read-output.ts';
import { virshArguments, virshEnvironment, type VirshProgram } from './run-virsh.ts';

/** What `virsh event` prints on one line, and always has. */
const told = new Set<EventKind>(['lifecycle', 'device-added', 'device-removed', 'device-removal-failed']);

/** virsh is started again as often as it ends, but not faster than this. */
const RESTART_MS = 1000;

export interface VirshWatchOptions extends WatchOptions {
  /**
   * How often look-again is told, in milliseconds: virsh does not say when it has begun to listen, so what happens at the
   * beginning may be missed.
   */
  readonly lookMs: number;
  /** The domains that there are, to find the UUID of a name that an event has. */
  readonly listDomains: () => Promise<readonly Domain[]>;
}

/** Events by `virsh event --all --loop`: the process of one watch. */
export class VirshWatch implements EventWatch {
  readonly missing: readonly EventKind[];
  readonly #program: VirshProgram;
  readonly #handler: (event: LibvirtEvent) => void;
  readonly #options: VirshWatchOptions;
  readonly #kinds: readonly EventKind[];
  readonly #look: NodeJS.Timeout;
  #restart: NodeJS.Timeout | undefined;
  #child: ChildProcess | null = null;
  #closed = false;
  /** Names stand for the same domain until it is undefined. */
  readonly #domains = new Map<string, Domain>();
  /** Events are told in their order, each after its domain was found. */
  #line: Promise<void> = Promise.resolve();

  constructor(program: VirshProgram, handler: (event: LibvirtEvent) => void, options: VirshWatchOptions) {
    this.#program = program;
    this.#handler = handler;
    this.#options = options;
    this.#kinds = options.kinds ?? eventKinds;
    this.missing = this.#kinds.filter((kind) => !told.has(kind));
    this.#look = setInterval(() => this.#tell({ kind: 'look-again' }), options.lookMs);
    this.#start();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#look);
    clearTimeout(this.#restart);
    this.#child?.kill('SIGKILL');
    await this.#line;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(): void {
    const { uri, program = 'virsh' } = this.#program;
    const child = spawn(program, virshArguments(uri, ['event', '--all', '--loop']), {
      env: virshEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    let ended = false;
    const end = (cause: Error): void => {
      if (ended || this.#closed) return;
      ended = true;
      this.#tell({ kind: 'events-lost', cause, final: false });
      this.#restart = setTimeout(() => this.#start(), RESTART_MS);
    };
    child.on('error', (error) => end(new LibvirtUnavailable('no-program', 'virsh cannot be started', error)));
    child.on('exit', (code) => end(new LibvirtUnavailable('closed', `virsh event ended with ${code}`)));
  }

  #take(line: string): void {
    const printed = parseEventLine(line);
    if (printed === null) return;
    this.#line = this.#line.then(async () => {
      const { domainName, ...event } = printed;
      const domain = await this.#find(domainName);
      if (event.kind === 'lifecycle' && event.event === 'undefined') this.#domains.delete(domainName);
      if (domain === null) this.#tell({ kind: 'look-again' });
      else if (this.#kinds.includes(event.kind)) this.#tell({ ...event, domain });
    });
  }

  async #find(name: string): Promise<Domain | null> {
    const known = this.#domains.get(name);
    if (known !== undefined) return known;
    try {
      for (const domain of await this.#options.listDomains()) this.#domains.set(domain.name, domain);
    } catch {
      // Whoever is told to look again finds out why.
      return null;
    }
    return this.#domains.get(name) ?? null;
  }

  #tell(event: LibvirtEvent): void {
    if (!this.#closed) tellGuarded(this.#handler, event);
  }
}
