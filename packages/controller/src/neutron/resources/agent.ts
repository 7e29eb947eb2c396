import {
  type AgentRow,
  changeAgent,
  countClaims,
  listAgents,
  removeAgent,
  type StoredHost,
} from '../../store/index.ts';
import { vfSpace } from '../binding/taken.ts';
import { type Call, type Document, readOnly, resource, type Resource, writable } from '../framework/index.ts';
import { boolean, nullable, text } from '../values/index.ts';
import { conflict, NeutronError } from '../wire/index.ts';

/** An agent in Neutron's words, so that Nova and people find what they look for on a host with SR-IOV. */
interface AgentDocument extends Document {
  readonly host: string;
  readonly alive: boolean;
}

const hidden = { canFilter: false } as const;

/** `/v2.0/agents`: those of hosts that have joined. */
export const AGENT: Resource<AgentDocument> = resource<AgentDocument>({
  name: 'agent',
  collection: 'agents',
  quota: null,
  rules: { get: 'admin', create: null, update: 'admin', remove: 'admin' },
  notFound: (id) => new NeutronError(404, 'AgentNotFound', `Agent ${id} could not be found.`),
  fields: () => [],
  indexed: new Set(),
  attributes: {
    id: readOnly(),
    agent_type: readOnly(),
    binary: readOnly(),
    topic: readOnly(),
    host: readOnly(),
    admin_state_up: writable(boolean, 'absent', { isForCreate: false }),
    created_at: readOnly(hidden),
    started_at: readOnly(hidden),
    heartbeat_timestamp: readOnly(hidden),
    description: writable(nullable(text(255)), 'absent', { isForCreate: false }),
    resources_synced: readOnly(hidden),
    availability_zone: readOnly(),
    alive: readOnly(),
    configurations: readOnly({ ...hidden, canSort: false }),
  },
  compute: async (call, wanted) => {
    const all = await listAgents(call.db);
    const agents = wanted.kind === 'one' ? all.filter(({ id }) => id === wanted.id) : all;
    const devices = await countClaims(
      call.db,
      agents.map(({ hostId }) => vfSpace(hostId)),
    );
    return agents.map((agent) => documentOf(call, agent, devices.get(vfSpace(agent.hostId)) ?? 0));
  },
  update: async ({ write }, before, given) => {
    const { admin_state_up: adminStateUp, description } = given;
    await changeAgent(write, before.host, {
      ...(typeof adminStateUp === 'boolean' ? { adminStateUp } : {}),
      ...(typeof description === 'string' || description === null ? { description } : {}),
    });
    return { ...before, ...given };
  },
  remove: async ({ write }, agent) => {
    // Neutron lets it go, and it is back with its next report; here a host that has joined stays until it leaves.
    if (agent.alive)
      throw conflict('AgentInUse', `Agent ${agent.id} cannot be deleted: it is alive. Stop it first.`);
    await removeAgent(write, agent.host);
  },
});

function documentOf({ settings: { fleet } }: Call, agent: AgentRow, devices: number): AgentDocument {
  // What is in the database may be older than what this controller has heard itself, and the other way round.
  const heardAt = new Date(Math.max(agent.heardAt.getTime(), fleet.heardAt(agent.hostId).getTime()));
  return {
    id: agent.id,
    project_id: '',
    agent_type: 'NIC Switch agent',
    binary: 'neutron-sriov-nic-agent',
    topic: 'N/A',
    host: agent.hostId,
    admin_state_up: agent.adminStateUp,
    created_at: agentTime(agent.createdAt),
    started_at: agentTime(agent.startedAt),
    heartbeat_timestamp: agentTime(heardAt),
    description: agent.description,
    resources_synced: null,
    availability_zone: null,
    alive: fleet.isRecent(heardAt),
    configurations: configurationsOf(agent.hostId, fleet.report(agent.hostId), devices),
  };
}

/** What Neutron's SR-IOV agent tells of its cards: whose wire they are on, and for Placement, how much they carry. */
function configurationsOf(hostId: string, report: StoredHost | undefined, devices: number): object {
  const mappings: Record<string, string[]> = {};
  const bandwidths: Record<string, { readonly egress: number; readonly ingress: number }> = {};
  const hypervisors: Record<string, string> = {};
  for (const pf of report?.observed.pfs ?? []) {
    const name = pf.netdevName ?? pf.pciAddress;
    const networks = report?.physicalNetworks.get(pf.pciAddress) ?? [];
    for (const network of networks) (mappings[network] ??= []).push(name);
    if (networks.length === 0) continue;
    hypervisors[name] = hostId;
    if (pf.linkMbps !== null) {
      const kbps = pf.linkMbps * 1000;
      bandwidths[name] = { egress: kbps, ingress: kbps };
    }
  }
  return {
    device_mappings: mappings,
    devices,
    extensions: ['qos'],
    resource_provider_bandwidths: bandwidths,
    resource_provider_hypervisors: hypervisors,
    resource_provider_inventory_defaults: { allocation_ratio: 1, min_unit: 1, step_size: 1, reserved: 0 },
  };
}

/** Agents have their times without a zone, which is UTC. */
function agentTime(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}
