import { randomBytes } from 'node:crypto';
import type { HostReport } from '@virtfn/contract';
import { type HostId, parseHostId, SriovError } from '@virtfn/model';
import type { WebFile } from '@virtfn/web-files';
import type { FastifyInstance } from 'fastify';
import { AgentSessions, type CertificateAuthority } from './agents/index.ts';
import { AuditIntake } from './audit/index.ts';
import type { Authenticator } from './auth/index.ts';
import { AgentLinkServer, type AgentLinkServerOptions } from './http/agent-link/index.ts';
import { EventFeed } from './events/index.ts';
import { Housekeeping, type RetentionLimits } from './housekeeping/index.ts';
import { createServer } from './http/index.ts';
import { inviteHost, isRemoved, LiveFleet, StoreFleetBackend } from './inventory/index.ts';
import { ControllerMetrics } from './metrics/index.ts';
import { addNeutronApi, type NeutronSettings } from './neutron/index.ts';
import { adoptAuthority, DESIRED_CHANGE, putHost, REMOVAL_CHANGE, type Store } from './store/index.ts';
import { createHandlers } from './v1/index.ts';

/** What operators decide, where the usual will not do. */
export type ControllerSettings = Omit<NeutronSettings, 'fleet' | 'random'> & {
  /** A host that was not heard of for so long is gone. Milliseconds. */
  readonly hostGoneAfterMs: number;
  readonly retention: RetentionLimits;
};

/** Neutron's own defaults, where it has them. */
export const USUAL_SETTINGS: ControllerSettings = {
  vlanRanges: [],
  flatNetworks: ['*'],
  baseMac: 'fa:16:3e',
  mtu: 1500,
  strategy: 'spread',
  deviceSpecs: null,
  securityGroupPolicy: 'neutron',
  hostGoneAfterMs: 75_000,
  retention: { auditDays: 90, auditEntries: 1_000_000, eventHours: 24, eventWrites: 1_000_000 },
  quotas: {
    network: 100,
    subnet: 100,
    subnetpool: -1,
    port: 500,
    rbac_policy: 10,
    security_group: 10,
    security_group_rule: 100,
    trunk: -1,
  },
};

export interface ControllerOptions {
  readonly store: Store;
  readonly version: string;
  readonly authenticator: Authenticator;
  readonly settings?: Partial<ControllerSettings>;
  readonly now?: () => Date;
  /** The dashboard's; none: this controller has no dashboard. */
  readonly webFiles?: ReadonlyMap<string, WebFile>;
  /** Is told of what nobody meant to happen, and in which request or to which host. */
  readonly onError?: (error: unknown, where: string) => void;
}

/** One controller: it has no state but the store's. */
export class Controller {
  readonly server: FastifyInstance;
  readonly fleet: LiveFleet;
  /** To be started once, and stopped before the store is closed. */
  readonly housekeeping: Housekeeping;
  readonly #events: EventFeed;
  readonly #store: Store;
  /** What everything here reads, each time anew, and only `reconfigure` writes. */
  readonly #settings: NeutronSettings & ControllerSettings;
  readonly #now: () => Date;
  readonly #onError: (error: unknown, where: string) => void;
  #authority: CertificateAuthority | null = null;
  #agentPort: number | null = null;
  #sessions: AgentSessions | null = null;

  constructor(options: ControllerOptions) {
    const { store, version, authenticator, onError = () => {}, now = () => new Date() } = options;
    this.#store = store;
    this.#now = now;
    this.#onError = onError;
    const audit = new AuditIntake(store);
    const given = { ...USUAL_SETTINGS, ...options.settings };
    this.fleet = new LiveFleet({ store, now, hostGoneAfterMs: () => settings.hostGoneAfterMs });
    const settings = { ...given, fleet: this.fleet, random: (bytes: number) => randomBytes(bytes) };
    this.#settings = settings;
    this.housekeeping = new Housekeeping({
      store,
      audit,
      retention: () => settings.retention,
      now,
      onError: (error) => onError(error, 'housekeeping'),
    });
    const fleet = this.fleet;
    const feed = new EventFeed({ store, fleet, now, onError: (error) => onError(error, 'events') });
    this.#events = feed;
    const metrics = new ControllerMetrics({
      version,
      store,
      fleet,
      connectedAgents: () => this.#sessions?.size ?? 0,
      eventSubscribers: () => feed.listeners,
    });
    this.server = createServer({
      version,
      metrics,
      webFiles: options.webFiles ?? new Map(),
      handlers: createHandlers({
        store,
        fleet: this.fleet,
        audit,
        version,
        settings,
        now,
        agents: () => this.#sessions,
        authority: () => this.#authority,
        agentPort: () => this.#agentPort,
      }),
      authenticator,
      onError,
      events: { store, fleet, feed, onError },
      checkReady: async () => {
        await store.revision();
      },
    });
    addNeutronApi(this.server, { store, onError, settings });
  }

  /**
   * Opens the port that agents dial. To be called once.
   *
   * @param options.replacesAuthority whether this authority takes the place of another one that the fleet has had
   * @throws {SriovError} LISTEN_FAILED, STORE_FAILED; CONFIG_INVALID: the fleet has another authority
   */
  async listenForAgents(
    options: Pick<AgentLinkServerOptions, 'authority' | 'address'> & { readonly replacesAuthority?: boolean },
  ): Promise<AgentLinkServer> {
    const { authority, replacesAuthority = false } = options;
    const isOurs = await this.#store.write('look whose the fleet is', (write) =>
      adoptAuthority(write, authority.fingerprint, replacesAuthority),
    );
    if (!isOurs) {
      throw new SriovError(
        'CONFIG_INVALID',
        'Cannot serve agents: the fleet in this database has another authority than the one in the state folder',
        {
          hint: 'Copy fleet-authority.pem from the state folder of a controller of this fleet. Where all copies are lost, start once with --new-authority: then every host enrols anew',
        },
      );
    }
    const backend = new StoreFleetBackend(this.#store, this.fleet);
    const sessions = new AgentSessions({
      backend,
      now: () => this.#now().getTime(),
      onError: (error, hostId) => this.#onError(error, hostId ?? 'agents'),
    });
    this.#sessions = sessions;
    this.#store.watch((changes) => {
      for (const { kind, subject } of changes) {
        if (kind === DESIRED_CHANGE) sessions.wake(parseHostId(subject));
        if (kind === REMOVAL_CHANGE) sessions.refuse(parseHostId(subject), isRemoved(subject));
      }
    });
    this.#authority = options.authority;
    const link = await AgentLinkServer.listen({ ...options, sessions, backend, now: this.#now });
    this.#agentPort = link.port;
    return link;
  }

  /** Learns of all hosts; until then ports are bound to none. @throws {SriovError} STORE_FAILED */
  async start(): Promise<void> {
    await this.fleet.start();
    await this.#events.start();
  }

  /** Goes on with other settings: what is asked from now on, and what is under way, sees the new ones. */
  reconfigure(settings: ControllerSettings): void {
    Object.assign(this.#settings, settings);
  }

  /** Takes what an agent reports of its host. @throws {SriovError} STORE_FAILED */
  async report(report: HostReport): Promise<void> {
    this.fleet.heard([report.observed.hostId], this.#now());
    await this.#store.write('keep the report of a host', (write) => putHost(write, report));
    await this.fleet.settled();
  }

  /**
   * Makes a one-time token by which a host may join, good for an hour.
   *
   * @throws {SriovError} AGENT_UNREACHABLE, STORE_FAILED
   */
  async invite(hostId: HostId): Promise<string> {
    return (await inviteHost(this.#store, this.#authority, hostId, this.#now(), 1, null)).token;
  }
}
