import { randomBytes } from 'node:crypto';
import { documentOfHost, documentOfPlan, type HostReport, type PlanRequestDocument } from '@virtfn/contract';
import { type HostId, parseHostId, SriovError, type VlanRange } from '@virtfn/model';
import type { FastifyInstance } from 'fastify';
import { AgentSessions, type CertificateAuthority } from './agents/index.ts';
import type { Authenticator } from './auth/index.ts';
import { AgentLinkServer, type AgentLinkServerOptions } from './http/agent-link/index.ts';
import { createServer, type Handlers } from './http/index.ts';
import { LiveFleet, physicalNetworksOf, StoreFleetBackend, planOfRequest, summaryOfHost } from './inventory/index.ts';
import { addNeutronApi, type NeutronSettings } from './neutron/index.ts';
import { DESIRED_CHANGE, findHost, listHosts, putHost, type Store, type StoredHost } from './store/index.ts';

/** What operators decide, where the usual will not do. */
export type ControllerSettings = Omit<NeutronSettings, 'fleet' | 'random' | 'vlanRanges'> & {
  /** A host that was not heard of for so long is gone. Milliseconds. */
  readonly hostGoneAfterMs: number;
};

/** Neutron's own defaults, where it has them. */
export const USUAL_SETTINGS: ControllerSettings = {
  flatNetworks: ['*'],
  baseMac: 'fa:16:3e',
  mtu: 1500,
  strategy: 'spread',
  hostGoneAfterMs: 75_000,
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
  readonly vlanRanges: readonly VlanRange[];
  readonly authenticator: Authenticator;
  readonly settings?: Partial<ControllerSettings>;
  readonly now?: () => Date;
  /** Is told of what nobody meant to happen, and in which request or to which host. */
  readonly onError?: (error: unknown, where: string) => void;
}

/** One controller: it has no state but the store's. */
export class Controller {
  readonly server: FastifyInstance;
  readonly fleet: LiveFleet;
  readonly #store: Store;
  readonly #now: () => Date;
  readonly #onError: (error: unknown, where: string) => void;
  #authority: CertificateAuthority | null = null;

  constructor(options: ControllerOptions) {
    const { store, version, vlanRanges, authenticator, onError = () => {}, now = () => new Date() } = options;
    const { hostGoneAfterMs, ...settings } = { ...USUAL_SETTINGS, ...options.settings };
    this.#store = store;
    this.#now = now;
    this.#onError = onError;
    this.fleet = new LiveFleet({ store, now, hostGoneAfterMs });
    this.server = createServer({
      version,
      handlers: this.#handlers(version, vlanRanges),
      authenticator,
      checkReady: async () => {
        await store.revision();
      },
    });
    addNeutronApi(this.server, {
      store,
      onError,
      settings: {
        ...settings,
        vlanRanges,
        fleet: this.fleet,
        random: (bytes) => randomBytes(bytes),
      },
    });
  }

  /**
   * Opens the port that agents dial. To be called once.
   *
   * @throws {SriovError} LISTEN_FAILED
   */
  async listenForAgents(
    options: Pick<AgentLinkServerOptions, 'authority' | 'address'>,
  ): Promise<AgentLinkServer> {
    const backend = new StoreFleetBackend(this.#store, this.fleet);
    const sessions = new AgentSessions({
      backend,
      now: () => this.#now().getTime(),
      onError: (error, hostId) => this.#onError(error, hostId ?? 'agents'),
    });
    this.#store.watch((changes) => {
      for (const { kind, subject } of changes) {
        if (kind === DESIRED_CHANGE) sessions.wake(parseHostId(subject));
      }
    });
    this.#authority = options.authority;
    return AgentLinkServer.listen({ ...options, sessions, backend, now: this.#now });
  }

  /** Learns of all hosts; until then ports are bound to none. @throws {SriovError} STORE_FAILED */
  async start(): Promise<void> {
    await this.fleet.start();
  }

  /** Takes what an agent reports of its host. @throws {SriovError} STORE_FAILED */
  report(report: HostReport): Promise<void> {
    return this.#store.write('keep the report of a host', (write) => putHost(write, report));
  }

  #handlers(version: string, vlanRanges: readonly VlanRange[]): Handlers {
    const store = this.#store;
    const hostOf = (params: Readonly<Record<string, string>>) =>
      getHost(store, parseHostId(params['hostId'] ?? ''));
    const hosts = () => store.read('list the hosts', listHosts);
    return {
      about: async () => ({ product: 'virtfn', version, api: 'v1', revision: await store.revision() }),
      listHosts: async () => ({ hosts: (await hosts()).map(summaryOfHost) }),
      getHost: async ({ params }) => {
        const { observed, findings, physicalNetworks, reportedAt } = await hostOf(params);
        return documentOfHost({ observed, findings, physicalNetworks }, reportedAt);
      },
      listPhysicalNetworks: async () => physicalNetworksOf(await hosts(), vlanRanges),
      planHost: async ({ params, body }) => {
        const { observed } = await hostOf(params);
        return documentOfPlan(planOfRequest(body as PlanRequestDocument, observed));
      },
    };
  }
}

/** @throws {SriovError} HOST_UNKNOWN, STORE_FAILED */
async function getHost(store: Store, hostId: HostId): Promise<StoredHost> {
  const host = await store.read('read a host', (db) => findHost(db, hostId));
  if (host !== undefined) return host;
  throw new SriovError('HOST_UNKNOWN', `Cannot find host "${hostId}": no agent of that name has reported`, {
    details: { host: hostId },
  });
}
