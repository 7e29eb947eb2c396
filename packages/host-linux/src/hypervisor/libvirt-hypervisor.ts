import type { DomainStepOutcome, Hypervisor, HypervisorEvent, ListedDomain, Migration } from '@virtfn/host';
import {
  type Domain,
  type DomainState as LibvirtState,
  type EventWatch,
  type LibvirtEvent,
  LibvirtError,
  LibvirtOutcomeUnknown,
  LibvirtUnavailable,
  ReconnectingConnection,
  RpcLibvirt,
} from '@virtfn/libvirt';
import {
  describeDomainStep,
  type DomainState,
  type DomainStep,
  type ObservedDomain,
  parseDomainId,
  SriovError,
} from '@virtfn/model';
import { readDomainDocument } from './domain-document.ts';
import { interfaceXml } from './interface-xml.ts';
import { isPersistent } from './is-persistent.ts';
import { isGone, refusalOf, unreachable } from './refusal.ts';
import { sendMachine } from './send-machine.ts';
import { whyRefused } from './why-refused.ts';

/** A daemon that does not even answer pings is as good as gone. */
const KEEP_ALIVE = { intervalMs: 5000, count: 5 };

export interface HypervisorOptions {
  /** Which of libvirt's drivers: "qemu:///system" unless told. */
  readonly uri?: string;
  readonly socketPath?: string;
  /** How long a question waits for a daemon that is about to start, milliseconds. */
  readonly patienceMs: number;
}

/** How long one change may take. A device that is plugged makes QEMU lock all memory of the guest. */
const STEP_LIMIT_MS = 60_000;
/** How long `apply` waits for a guest before it says `asked`. Most answer in a fraction of it. */
const MOMENT_MS = 2000;

/** Begins nothing: the connection is made when something is asked for the first time, for it may start the daemon. */
export function openLibvirtHypervisor(options: HypervisorOptions): Hypervisor {
  return new LibvirtHypervisor(options);
}

class LibvirtHypervisor implements Hypervisor {
  readonly #options: HypervisorOptions;
  readonly #listeners = new Set<(event: HypervisorEvent) => void>();
  readonly #removals = new Set<(uuid: string, alias: string | null) => void>();
  #open: { readonly connection: ReconnectingConnection; readonly libvirt: RpcLibvirt } | null = null;
  #watch: Promise<EventWatch> | null = null;
  /** Why the last attempt to connect failed. */
  #lastCause: unknown = null;
  #hopeless = new AbortController();

  constructor(options: HypervisorOptions) {
    this.#options = options;
  }

  async observe(): Promise<readonly ObservedDomain[]> {
    const libvirt = await this.#connected();
    try {
      const [all, persistent] = await Promise.all([
        libvirt.domains.list(),
        libvirt.domains.list(['persistent']),
      ]);
      const kept = new Set(persistent.map(({ uuid }) => uuid));
      const observed = await Promise.all(
        all.map((domain) => observeDomain(libvirt, domain, kept.has(domain.uuid))),
      );
      return observed.filter((each) => each !== null);
    } catch (error) {
      throw refusalOf('read the virtual machines', error);
    }
  }

  async list(): Promise<readonly ListedDomain[]> {
    const libvirt = await this.#connected();
    try {
      const all = await libvirt.domains.list();
      const listed = await Promise.all(all.map((domain) => listDomain(libvirt, domain)));
      return listed.filter((each) => each !== null);
    } catch (error) {
      throw refusalOf('list the virtual machines', error);
    }
  }

  watch(listener: (event: HypervisorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async apply(step: DomainStep): Promise<DomainStepOutcome> {
    const libvirt = await this.#connected();
    const action = describeDomainStep(step);
    try {
      const domain = await libvirt.domains.find({ uuid: step.domainId });
      if (domain === null)
        throw new SriovError('VM_UNKNOWN', `Cannot ${action}: the host has no such virtual machine`);
      if (step.kind === 'attach-interface') return await attach(libvirt, domain, step);
      return await this.#detach(libvirt, domain, step);
    } catch (error) {
      throw refusalOf(action, error);
    }
  }

  async migrate(
    migration: Migration,
    { signal, onProgress }: Parameters<Hypervisor['migrate']>[1],
  ): Promise<void> {
    await this.#connected();
    // Of its own: libvirt works on few calls of one connection at a time, and this one takes long.
    const libvirt = await this.#openAnother();
    try {
      await sendMachine(libvirt, migration, signal, onProgress);
    } finally {
      await libvirt.close();
    }
  }

  async #openAnother(): Promise<RpcLibvirt> {
    const { uri = 'qemu:///system', socketPath } = this.#options;
    try {
      return await RpcLibvirt.open({
        uri,
        keepAlive: KEEP_ALIVE,
        ...(socketPath === undefined ? {} : { socketPath }),
      });
    } catch (error) {
      throw unreachable(error);
    }
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    const open = this.#open;
    this.#open = null;
    await open?.libvirt.close();
  }

  async #detach(
    libvirt: RpcLibvirt,
    domain: Domain,
    { alias, scope }: Extract<DomainStep, { kind: 'detach-interface' }>,
  ): Promise<DomainStepOutcome> {
    const isThere = async (): Promise<boolean> => {
      const flags = scope === 'config' ? (['inactive'] as const) : [];
      const { interfaces } = readDomainDocument(await libvirt.domains.readXml(domain, flags));
      return interfaces.some((each) => each.alias === alias);
    };
    const hasScope = scope === 'live' ? domain.id !== null : await isPersistent(libvirt, domain);
    if (!hasScope || !(await isThere())) return { kind: 'done' };
    const removed = Promise.withResolvers<void>();
    const onRemoval = (uuid: string, gone: string | null): void => {
      if (uuid === domain.uuid && (gone === null || gone === alias)) removed.resolve();
    };
    this.#removals.add(onRemoval);
    try {
      await libvirt.devices.detachAlias(domain, alias, [scope], { timeoutMs: STEP_LIMIT_MS });
      if (scope === 'live') await Promise.race([removed.promise, pause(MOMENT_MS)]);
      return { kind: (await isThere()) ? 'asked' : 'done' };
    } catch (error) {
      if (isGone(error)) return { kind: 'done' };
      // A guest that was asked before and has not answered is not asked twice by QEMU, which calls that an error.
      if (scope === 'live' && (await isThere().catch(() => false))) return { kind: 'asked' };
      throw error;
    } finally {
      this.#removals.delete(onRemoval);
    }
  }

  /** @throws {SriovError} HYPERVISOR_UNREACHABLE */
  async #connected(): Promise<RpcLibvirt> {
    const { uri = 'qemu:///system', socketPath, patienceMs } = this.#options;
    if (this.#open === null) {
      const connection = new ReconnectingConnection({
        uri,
        ...(socketPath === undefined ? {} : { socketPath }),
        keepAlive: KEEP_ALIVE,
        onStatus: (status) => {
          if (status.kind !== 'waiting') return;
          this.#lastCause = status.cause;
          // Without a socket no daemon is about to start.
          if (status.cause instanceof LibvirtUnavailable && status.cause.reason === 'no-socket')
            this.#hopeless.abort(status.cause);
        },
      });
      this.#open = { connection, libvirt: new RpcLibvirt(connection) };
    }
    const { connection, libvirt } = this.#open;
    try {
      const limit = AbortSignal.any([AbortSignal.timeout(patienceMs), this.#hopeless.signal]);
      await connection.whenConnected(limit);
      // First watch, then look, and nothing is missed.
      // Once: over connections that are lost and come back, it goes on by itself.
      this.#watch ??= libvirt
        .watch((event) => this.#tell(event), {
          kinds: ['lifecycle', 'device-added', 'device-removed', 'device-removal-failed'],
        })
        .catch((error: unknown) => {
          this.#watch = null;
          throw error;
        });
      await this.#watch;
      return libvirt;
    } catch (error) {
      this.#hopeless = new AbortController();
      throw unreachable(this.#lastCause ?? error);
    }
  }

  #tell(event: LibvirtEvent): void {
    if ('domain' in event) {
      const { domain } = event;
      if (event.kind === 'device-removed') for (const told of this.#removals) told(domain.uuid, event.alias);
      if (event.kind === 'lifecycle' && event.event === 'stopped')
        for (const told of this.#removals) told(domain.uuid, null);
      const domainId = parseDomainId(domain.uuid);
      this.#emit({ kind: 'domain-changed', domainId, isUrgent: isUrgent(event) });
    } else if (event.kind === 'look-again' || event.kind === 'events-lost')
      this.#emit({ kind: 'events-lost' });
  }

  #emit(event: HypervisorEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

async function attach(
  libvirt: RpcLibvirt,
  domain: Domain,
  step: Extract<DomainStep, { kind: 'attach-interface' }>,
): Promise<DomainStepOutcome> {
  const { scope } = step;
  const flags = scope === 'config' ? (['inactive'] as const) : [];
  const read = async () => readDomainDocument(await libvirt.domains.readXml(domain, flags));
  const has = ({ interfaces }: Awaited<ReturnType<typeof read>>): boolean =>
    interfaces.some(({ alias }) => alias === step.interface.alias);
  if (scope === 'live' && domain.id === null)
    throw new SriovError('VM_NOT_RUNNING', `Cannot ${describeDomainStep(step)}: it is shut off`);
  if (scope === 'config' && !(await isPersistent(libvirt, domain)))
    throw new SriovError(
      'VM_NOT_PERSISTENT',
      `Cannot ${describeDomainStep(step)}: it has none that outlives its run`,
    );
  const before = await read();
  if (has(before)) return { kind: 'done' };
  try {
    await libvirt.devices.attach(domain, interfaceXml(step.interface), [scope], { timeoutMs: STEP_LIMIT_MS });
  } catch (error) {
    // Why libvirt refuses it says in words only, which change: the machine itself shows the usual reasons.
    throw (error instanceof LibvirtError ? await whyRefused(step, domain, before) : null) ?? error;
  }
  if (has(await read())) return { kind: 'done' };
  throw new SriovError(
    'READ_BACK_DIFFERS',
    `Cannot ${describeDomainStep(step)}: libvirt took it, and its document does not show it`,
  );
}

async function observeDomain(
  libvirt: RpcLibvirt,
  domain: Domain,
  isKept: boolean,
): Promise<ObservedDomain | null> {
  const isActive = domain.id !== null;
  const readInterfaces = async (flags: readonly 'inactive'[]): Promise<ObservedDomain['live']> =>
    readDomainDocument(await libvirt.domains.readXml(domain, flags), `VM ${domain.name}`).interfaces;
  const [state, live, config] = await Promise.all([
    readDomainState(libvirt, domain),
    settled(isActive ? readInterfaces([]) : [], domain),
    settled(isKept ? readInterfaces(['inactive']) : [], domain),
  ]);
  if (state === 'gone' || live === 'gone' || config === 'gone') return null;
  const unread = [state, live, config].find((each) => each instanceof SriovError) ?? null;
  return {
    domainId: parseDomainId(domain.uuid),
    name: domain.name,
    state: state instanceof SriovError ? 'paused' : state,
    isPersistent: isKept,
    live: unread !== null || live instanceof SriovError ? [] : live,
    config: unread !== null || config instanceof SriovError ? [] : config,
    unread,
  };
}

async function listDomain(libvirt: RpcLibvirt, domain: Domain): Promise<ListedDomain | null> {
  const state = await readDomainState(libvirt, domain);
  if (state === 'gone') return null;
  const { name, uuid } = domain;
  return { domainId: parseDomainId(uuid), name, state: state instanceof SriovError ? 'paused' : state };
}

/** One without a process is shut off, whatever else libvirt would say of it. */
async function readDomainState(
  libvirt: RpcLibvirt,
  domain: Domain,
): Promise<DomainState | SriovError | 'gone'> {
  if (domain.id === null) return 'shut-off';
  return settled(libvirt.domains.readState(domain).then(stateOf), domain);
}

/**
 * What was answered about one machine, or why nothing was: `gone` is one that went away between the list and the question. What
 * says nothing about the machine is thrown, as a connection that is lost.
 */
async function settled<Answer>(
  answer: Promise<Answer> | Answer,
  { name }: Domain,
): Promise<Answer | SriovError | 'gone'> {
  try {
    return await answer;
  } catch (error) {
    if (isGone(error)) return 'gone';
    if (error instanceof LibvirtUnavailable) throw error;
    if (error instanceof LibvirtOutcomeUnknown && error.reason !== 'timeout') throw error;
    return refusalOf(`read VM ${name}`, error);
  }
}

/** Whether a machine that moves has switched over, or one has ended: whom its frames go to is to change at once. */
function isUrgent(event: Extract<LibvirtEvent, { readonly domain: Domain }>): boolean {
  if (event.kind !== 'lifecycle') return false;
  if (event.event === 'stopped') return true;
  return event.detail === 'migrated' && (event.event === 'suspended' || event.event === 'resumed');
}

function stateOf({ state }: LibvirtState): DomainState {
  switch (state) {
    case 'paused':
    case 'pmsuspended':
      return 'paused';
    case 'crashed':
      return 'crashed';
    case 'shutoff':
      return 'shut-off';
    default:
      return 'running';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
