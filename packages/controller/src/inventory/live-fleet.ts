import { type HostId, parseHostId } from '@virtfn/model';
import { ATTACHMENT_CHANGE, type Fleet, type FleetHost, readAttachments } from '../neutron/index.ts';
import { HostsByLoad, type SchedulerHost } from '../scheduler/index.ts';
import {
  AGENT_CHANGE,
  type AgentRow,
  findHost,
  listAgents,
  listHosts,
  type Store,
  type StoredHost,
} from '../store/index.ts';
import { TakenVfs } from './taken-vfs.ts';

export interface LiveFleetOptions {
  readonly store: Store;
  readonly now: () => Date;
  /** Who was not heard of for so long is gone. */
  readonly hostGoneAfterMs: () => number;
}

interface Known {
  readonly host: Omit<FleetHost, 'isAlive'>;
  readonly stored: StoredHost;
  readonly reportedAt: number;
}

/** Databases take some ten thousand values in one statement. */
const MOST_UNREAD = 4000;

/**
 * The hosts in memory, as agents reported them last to any controller: a report is long, and choosing a VF looks at
 * many. It follows the store, so it may be behind by a moment; what it says is only ever a proposal.
 */
export class LiveFleet implements Fleet {
  readonly #options: LiveFleetOptions;
  readonly #hosts = new Map<string, Known>();
  #agents = new Map<string, AgentRow>();
  readonly #heard = new Map<string, number>();
  /** Hosts that have changed, until they have been read. */
  readonly #unreadHosts = new Set<string>();
  readonly #taken = new TakenVfs();
  /** Attachments that have changed: they are read when somebody asks what is taken, and that is seldom. */
  readonly #unreadAttachments = new Set<string>();
  readonly #proposals = new HostsByLoad();
  /** Hosts whose proposal is to be made anew, when somebody asks. */
  readonly #outdated = new Set<string>();
  #unwatch: (() => void) | null = null;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: LiveFleetOptions) {
    this.#options = options;
  }

  /** Reads all hosts, and follows what changes. @throws {SriovError} STORE_FAILED */
  async start(): Promise<void> {
    const { store } = this.#options;
    this.#unwatch = store.watch((changes) => {
      let hasAgents = false;
      for (const { kind, subject } of changes) {
        if (kind === 'host') this.#unreadHosts.add(subject);
        if (kind === AGENT_CHANGE) hasAgents = true;
        if (kind === ATTACHMENT_CHANGE) this.#unreadAttachments.add(subject);
      }
      const isMuch = this.#unreadAttachments.size > MOST_UNREAD;
      if (this.#unreadHosts.size > 0 || hasAgents || isMuch) this.#follow(hasAgents, isMuch);
    });
    for (const stored of await store.read('read the hosts', listHosts)) this.#put(stored);
    const attachments = await store.read('read what is taken', (db) => readAttachments(db, null));
    for (const attachment of attachments) this.#taken.put(attachment);
    await this.readAgents();
  }

  stop(): void {
    this.#unwatch?.();
  }

  /** Resolves when all that was told so far has been read. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  /** Hosts that this controller heard of just now; other controllers' are read from the store. */
  heard(hostIds: readonly string[], at: Date): void {
    for (const hostId of hostIds) this.#heard.set(hostId, at.getTime());
  }

  /**
   * Reads when agents were heard of last. If the store is there, what it did not give before is asked for again.
   *
   * @throws {SriovError} STORE_FAILED
   */
  async readAgents(): Promise<void> {
    const agents = await this.#options.store.read('read the agents', listAgents);
    this.#agents = new Map(agents.map((agent) => [agent.hostId, agent]));
    if (this.#unreadHosts.size > 0) this.#follow(false, false);
  }

  find(hostId: string): FleetHost | undefined {
    const known = this.#hosts.get(hostId);
    return known === undefined ? undefined : { ...known.host, isAlive: this.isAlive(hostId) };
  }

  async proposals(): Promise<HostsByLoad> {
    await this.#readAttachments();
    for (const hostId of this.#outdated) {
      const known = this.#hosts.get(hostId);
      if (known === undefined) this.#proposals.remove(hostId);
      else this.#proposals.put(this.#propose(known.host));
    }
    this.#outdated.clear();
    return this.#proposals;
  }

  hasPhysicalNetwork(name: string): boolean {
    for (const { host } of this.#hosts.values()) {
      if (host.pfs.some(({ physicalNetworks }) => physicalNetworks.some((each) => each === name)))
        return true;
    }
    return false;
  }

  agents(): ReadonlyMap<string, AgentRow> {
    return this.#agents;
  }

  /** A host as it was reported. */
  report(hostId: string): StoredHost | undefined {
    return this.#hosts.get(hostId)?.stored;
  }

  /** All hosts as they were reported, by name. */
  reports(): readonly StoredHost[] {
    return [...this.#hosts.values()]
      .map(({ stored }) => stored)
      .toSorted((a, b) => (a.observed.hostId < b.observed.hostId ? -1 : 1));
  }

  /** How many hosts there are, by whether they are heard of. */
  countHosts(): { readonly alive: number; readonly gone: number } {
    let alive = 0;
    for (const hostId of this.#hosts.keys()) if (this.isAlive(hostId)) alive += 1;
    return { alive, gone: this.#hosts.size - alive };
  }

  /** When a host was heard of last, in any way. */
  heardAt(hostId: string): Date {
    const agent = this.#agents.get(hostId)?.heardAt.getTime() ?? 0;
    const reported = this.#hosts.get(hostId)?.reportedAt ?? 0;
    return new Date(Math.max(agent, reported, this.#heard.get(hostId) ?? 0));
  }

  lostAt(hostId: string): Date | null {
    return this.#agents.get(hostId)?.isConnected === false ? this.heardAt(hostId) : null;
  }

  isAlive(hostId: string): boolean {
    const isWanted = this.#agents.get(hostId)?.adminStateUp !== false;
    return isWanted && this.isRecent(this.heardAt(hostId));
  }

  isRecent(heardAt: Date): boolean {
    const { now, hostGoneAfterMs } = this.#options;
    return now().getTime() - heardAt.getTime() < hostGoneAfterMs();
  }

  #propose(host: Known['host']): SchedulerHost {
    const isAlive = (): boolean => this.isAlive(host.hostId);
    return {
      ...host,
      // Asked of the few hosts that would do, and not of all.
      get isAlive() {
        return isAlive();
      },
      pfs: host.pfs.map((each) => ({ ...each, ...this.#taken.ofPf(host.hostId, each.pf.pciAddress) })),
    };
  }

  #follow(hasAgents: boolean, withAttachments: boolean): void {
    this.#reading = this.#reading
      .then(async () => {
        await this.#readHosts();
        if (hasAgents) await this.readAgents();
        if (withAttachments) await this.#readAttachments();
      })
      // The store is away. What was not read is still marked, and read behind the next change or look for agents.
      .catch(() => {});
  }

  async #readAttachments(): Promise<void> {
    const ids = [...this.#unreadAttachments];
    if (ids.length === 0) return;
    // What changes while they are read is to be read again.
    this.#unreadAttachments.clear();
    const found = await this.#options.store
      .read('read what is taken', (db) => readAttachments(db, ids))
      .catch((error: unknown) => {
        for (const id of ids) this.#unreadAttachments.add(id);
        throw error;
      });
    for (const id of ids) {
      const hostId = this.#taken.remove(id);
      if (hostId !== undefined) this.#outdated.add(hostId);
    }
    for (const attachment of found) {
      this.#taken.put(attachment);
      this.#outdated.add(attachment.host_id);
    }
  }

  async #readHosts(): Promise<void> {
    for (const hostId of this.#unreadHosts) {
      const id: HostId = parseHostId(hostId);
      // One that changes while it is read is to be read again.
      this.#unreadHosts.delete(hostId);
      const stored = await this.#options.store
        .read('read a host', (db) => findHost(db, id))
        .catch((error: unknown) => {
          this.#unreadHosts.add(hostId);
          throw error;
        });
      this.#outdated.add(hostId);
      if (stored === undefined) this.#hosts.delete(hostId);
      else this.#put(stored);
    }
  }

  #put(stored: StoredHost): void {
    const { observed, physicalNetworks, reportedAt, canFilter = false } = stored;
    this.#outdated.add(observed.hostId);
    this.#hosts.set(observed.hostId, {
      stored,
      reportedAt: reportedAt.getTime(),
      host: {
        hostId: observed.hostId,
        canFilter,
        socketOfNode: new Map(observed.numaNodes.map(({ node, socket }) => [node, socket])),
        pfs: observed.pfs.map((pf) => ({ pf, physicalNetworks: physicalNetworks.get(pf.pciAddress) ?? [] })),
      },
    });
  }
}
