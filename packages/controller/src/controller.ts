import { documentOfHost, documentOfPlan, type HostReport, type PlanRequestDocument } from '@virtfn/contract';
import { type HostId, parseHostId, SriovError, type VlanRange } from '@virtfn/model';
import type { FastifyInstance } from 'fastify';
import type { Authenticator } from './auth/index.ts';
import { createServer, type Handlers } from './http/index.ts';
import { physicalNetworksOf, planOfRequest, summaryOfHost } from './inventory/index.ts';
import { findHost, listHosts, putHost, type Store, type StoredHost } from './store/index.ts';

export interface ControllerOptions {
  readonly store: Store;
  readonly version: string;
  readonly vlanRanges: readonly VlanRange[];
  readonly authenticator: Authenticator;
}

/** One controller: it has no state but the store's. */
export class Controller {
  readonly server: FastifyInstance;
  readonly #store: Store;

  constructor({ store, version, vlanRanges, authenticator }: ControllerOptions) {
    this.#store = store;
    this.server = createServer({
      version,
      handlers: this.#handlers(version, vlanRanges),
      authenticator,
      checkReady: async () => {
        await store.revision();
      },
    });
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
