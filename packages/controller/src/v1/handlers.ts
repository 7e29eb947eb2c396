import {
  type AgentList,
  documentOfHost,
  documentOfPlan,
  type EnrolmentTokenDocument,
  type EnrolmentTokenRequestDocument,
  type PlanRequestDocument,
  type PortPlace,
  type PortPlaceDocument,
} from '@virtfn/contract';
import { listHosts, physicalNetworksOf, planOfRequest } from '@virtfn/contract/inventory';
import { parseHostId } from '@virtfn/model';
import { type AuditIntake, audited, type RequestOrigin } from '../audit/index.ts';
import { identityOf } from '../auth/index.ts';
import type { CertificateAuthority } from '../agents/index.ts';
import type { Handlers } from '../http/index.ts';
import { inviteHost, type LiveFleet } from '../inventory/index.ts';
import { explainPort, type NeutronSettings, placePort } from '../neutron/index.ts';
import { fleetHandlers } from './fleet-handlers.ts';
import { getHost } from './get-host.ts';
import { machineHandlers } from './machine-handlers.ts';
import { removeHostHandler } from './remove-host.ts';
import { stepHandlers } from './step-handlers.ts';
import { type QuestionOptions, questionHandlers } from './question-handlers.ts';
import { tokenHandlers } from './token-handlers.ts';
import type { StoredHost } from '../store/index.ts';

export interface V1Options extends QuestionOptions {
  readonly fleet: LiveFleet;
  readonly audit: AuditIntake;
  readonly version: string;
  readonly settings: NeutronSettings;
  readonly now: () => Date;
  /** Who vouches for agents; null: this controller has no port for them. */
  readonly authority: () => CertificateAuthority | null;
  /** That agents dial; null: there is none. */
  readonly agentPort: () => number | null;
}

export function createHandlers(options: V1Options): Handlers {
  const { store, fleet, audit, version, settings, agentPort } = options;
  const hostOf = (params: Readonly<Record<string, string>>): Promise<StoredHost> =>
    getHost(store, parseHostId(params['hostId'] ?? ''));
  return {
    ...fleetHandlers(store, fleet),
    ...machineHandlers(options),
    ...stepHandlers(store, audit),
    ...questionHandlers(options),
    ...tokenHandlers(options),
    ...removeHostHandler(store, fleet),
    about: async ({ asker: { userName, projectId, isAdmin, roles } }) => ({
      product: 'virtfn',
      version,
      api: 'v1',
      serves: 'fleet',
      revision: await store.revision(),
      agentPort: agentPort(),
      asker: { userName, projectId, isAdmin, mayWrite: roles.includes('member') },
    }),
    listHosts: async () => listHosts(fleet),
    getHost: async ({ params }) => {
      const host = await hostOf(params);
      return documentOfHost(host, host.reportedAt);
    },
    listPhysicalNetworks: async () => physicalNetworksOf(fleet.reports(), settings.vlanRanges),
    planHost: async ({ params, body }) => {
      const { observed } = await hostOf(params);
      return documentOfPlan(planOfRequest(body as PlanRequestDocument, observed));
    },
    listAgents: async () => agentsOf(fleet),
    createEnrolmentToken: ({ body, origin }) =>
      createEnrolmentToken(options, body as EnrolmentTokenRequestDocument, origin),
    placePort: ({ params, body, origin }) =>
      place(options, params['portId'] ?? '', body as PortPlaceDocument, origin),
    explainPort: ({ params, body }) =>
      store.read('explain a port', (db) =>
        explainPort({ db, settings }, params['portId'] ?? '', (body as PortPlaceDocument).hostId),
      ),
  };
}

async function place(
  { store, settings }: V1Options,
  portId: string,
  { hostId }: PortPlaceDocument,
  origin: RequestOrigin,
): Promise<PortPlace> {
  // These routes are for administrators alone.
  const identity = identityOf(origin, origin.projectId, ['admin']);
  const attachment = await store.write(
    'bind a port',
    audited(origin, (write) => placePort({ identity, settings, db: write.db, write }, portId, hostId)),
  );
  return {
    portId,
    attachmentId: attachment.id,
    hostId: attachment.host_id,
    pf: attachment.pf,
    vfIndex: attachment.vf_index,
    pciAddress: attachment.pci_address,
  };
}

function agentsOf(fleet: LiveFleet): AgentList {
  const agents = [...fleet.agents().values()].map(({ hostId, version, isConnected }) => ({
    hostId,
    version,
    isConnected,
    isAlive: fleet.isAlive(hostId),
    heardAt: fleet.heardAt(hostId).toISOString(),
  }));
  return { agents };
}

async function createEnrolmentToken(
  { store, authority, now }: V1Options,
  { hostId, expiresInHours }: EnrolmentTokenRequestDocument,
  origin: RequestOrigin,
): Promise<EnrolmentTokenDocument> {
  const host = hostId === null ? null : parseHostId(hostId);
  const { token, expiresAt } = await inviteHost(store, authority(), host, now(), expiresInHours, origin);
  return { token, hostId: host, expiresAt: expiresAt.toISOString() };
}
