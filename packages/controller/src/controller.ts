import { documentOfHost, documentOfPlan, type HostReport, type PlanRequestDocument } from '@virtfn/contract';
import { parseHostId, type VlanRange } from '@virtfn/model';
import type { FastifyInstance } from 'fastify';
import { createServer, type Handlers } from './http/index.ts';
import { physicalNetworksOf, planOfRequest, summaryOfHost } from './inventory/index.ts';
import type { Store } from './store/index.ts';

export interface ControllerOptions {
  readonly store: Store;
  readonly version: string;
  readonly vlanRanges: readonly VlanRange[];
  readonly now: () => Date;
}

/** One controller: it has no state but the store's. */
export class Controller {
  readonly server: FastifyInstance;
  readonly #store: Store;
  readonly #now: () => Date;

  constructor({ store, version, vlanRanges, now }: ControllerOptions) {
    this.#store = store;
    this.#now = now;
    this.server = createServer({
      version,
      handlers: this.#handlers(version, vlanRanges),
      checkReady: async () => {
        await store.revision();
      },
    });
  }

  /** Takes what an agent reports of its host. @throws {SriovError} STORE_FAILED */
  report(report: HostReport): Promise<void> {
    return this.#store.putHost(report, this.#now());
  }

  #handlers(version: string, vlanRanges: readonly VlanRange[]): Handlers {
    const store = this.#store;
    const hostOf = (params: Readonly<Record<string, string>>) =>
      store.getHost(parseHostId(params['hostId'] ?? ''));
    return {
      about: async () => ({ product: 'virtfn', version, api: 'v1', revision: await store.revision() }),
      listHosts: async () => ({ hosts: (await store.listHosts()).map(summaryOfHost) }),
      getHost: async ({ params }) => {
        const { observed, findings, physicalNetworks, reportedAt } = await hostOf(params);
        return documentOfHost({ observed, findings, physicalNetworks }, reportedAt);
      },
      listPhysicalNetworks: async () => physicalNetworksOf(await store.listHosts(), vlanRanges),
      planHost: async ({ params, body }) => {
        const { observed } = await hostOf(params);
        return documentOfPlan(planOfRequest(body as PlanRequestDocument, observed));
      },
    };
  }
}
