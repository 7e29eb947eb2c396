// The controller of the benchmark: the real port and sessions, with a backend that answers from memory.
// Must never do more for a session than a controller does: what it costs is what is measured.
import { AgentLinkServer, openAuthority } from '@virtfn/controller/agent-link';
import { AgentSessions, type FleetBackend } from '@virtfn/controller/agents';
import type { HostId } from '@virtfn/model';
import { answer, figuresOfProcess, type Order } from './agent-link.ts';

const [folder = '', port = '0', firstRevision = '1'] = process.argv.slice(2);
let revision = Number(firstRevision);
const connected = new Set<HostId>();

const backend: FleetBackend = {
  redeemEnrolment: async () => false,
  requireMember: async () => {},
  connected: async (hostId) => void connected.add(hostId),
  heard: async () => {},
  disconnected: async (hostId) => void connected.delete(hostId),
  report: async () => {},
  desiredSince: async (_, since) => ({ revision, from: since, ports: [], removed: [], localPorts: null }),
  steps: async () => {},
  outcomes: async () => {},
};
const sessions = new AgentSessions({ backend, now: () => Date.now(), onError: () => {} });
const server = await AgentLinkServer.listen({
  authority: await openAuthority(folder, new Date()),
  sessions,
  backend,
  now: () => new Date(),
  address: { host: '127.0.0.1', port: Number(port) },
});

process.on('message', (order: Order) => {
  if (order.kind === 'figures') answer(figuresOfProcess(connected.size));
  if (order.kind === 'wake-all') {
    revision += 1;
    for (const hostId of connected) sessions.wake(hostId);
  }
});
process.on('disconnect', () => process.exit());
answer({ kind: 'listening', port: Number(new URL(server.url).port) });
