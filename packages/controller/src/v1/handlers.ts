import {
  type AgentList,
  type AttachmentList,
  documentOfHost,
  documentOfPlan,
  type EnrolmentTokenDocument,
  type EnrolmentTokenRequestDocument,
  type PlanRequestDocument,
  type PortPlaceDocument,
} from '@virtfn/contract';
import { type HostId, parseHostId, SriovError, type VlanRange } from '@virtfn/model';
import type { CertificateAuthority } from '../agents/index.ts';
import type { Handlers } from '../http/index.ts';
import {
  inviteHost,
  type LiveFleet,
  physicalNetworksOf,
  planOfRequest,
  summaryOfHost,
} from '../inventory/index.ts';
import { explainPort, listAttachments, type NeutronSettings } from '../neutron/index.ts';
import { findHost, listHosts, type Store, type StoredHost } from '../store/index.ts';

export interface V1Options {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly version: string;
  readonly vlanRanges: readonly VlanRange[];
  readonly settings: NeutronSettings;
  readonly now: () => Date;
  /** Who vouches for agents; null: this controller has no port for them. */
  readonly authority: () => CertificateAuthority | null;
}

export function createHandlers(options: V1Options): Handlers {
  const { store, fleet, version, vlanRanges, settings } = options;
  const hostOf = (params: Readonly<Record<string, string>>): Promise<StoredHost> =>
    getHost(store, parseHostId(params['hostId'] ?? ''));
  const hosts = (): Promise<readonly StoredHost[]> => store.read('list the hosts', listHosts);
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
    listAgents: async () => agentsOf(fleet),
    createEnrolmentToken: ({ body }) => createEnrolmentToken(options, body as EnrolmentTokenRequestDocument),
    listAttachments: () => attachmentsOf(store, fleet),
    explainPort: ({ params, body }) =>
      store.read('explain a port', (db) =>
        explainPort({ db, settings }, params['portId'] ?? '', (body as PortPlaceDocument).hostId),
      ),
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
): Promise<EnrolmentTokenDocument> {
  const host = hostId === null ? null : parseHostId(hostId);
  const { token, expiresAt } = await inviteHost(store, authority(), host, now(), expiresInHours);
  return { token, hostId: host, expiresAt: expiresAt.toISOString() };
}

async function attachmentsOf(store: Store, fleet: LiveFleet): Promise<AttachmentList> {
  const attachments = await store.read('list the attachments', listAttachments);
  return {
    attachments: attachments.map((attachment) => ({
      attachmentId: attachment.id,
      portId: attachment.port_id,
      projectId: attachment.project_id,
      hostId: attachment.host_id,
      pf: attachment.pf,
      vfIndex: attachment.vf_index,
      pciAddress: attachment.pci_address,
      physicalNetwork: attachment.physical_network,
      vnicType: attachment.vnic_type,
      // What a host said before it was gone is not what is so now.
      state: fleet.isAlive(attachment.host_id) ? attachment.state : 'unknown',
      settings: attachment.settings,
      reason: attachment.reason,
    })),
  };
}

/** @throws {SriovError} HOST_UNKNOWN, STORE_FAILED */
async function getHost(store: Store, hostId: HostId): Promise<StoredHost> {
  const host = await store.read('read a host', (db) => findHost(db, hostId));
  if (host !== undefined) return host;
  throw new SriovError('HOST_UNKNOWN', `Cannot find host "${hostId}": no agent of that name has reported`, {
    details: { host: hostId },
  });
}
