import { randomUUID } from 'node:crypto';
import type { HostReport } from '@virtfn/contract';
import type { DesiredPort, PortOutcome, StepsMessage } from '@virtfn/contract/agent-link';
import { type HostId, parseAttachmentId, parsePortId, SriovError } from '@virtfn/model';
import type { AgentIntroduction, CertifiedHost, DesiredUpdate, FleetBackend } from '../agents/index.ts';
import { stepsTold } from '../audit/index.ts';
import { giveUpMigrationsTo, localPortsOf, takeOutcomes } from '../neutron/index.ts';
import {
  endAgentSession,
  hasAgent,
  isOfThisHistory,
  listDesiredPorts,
  putAgent,
  putHost,
  readLocalPortsRevision,
  readRemoval,
  readRevision,
  spendEnrolment,
  type Store,
  touchAgents,
} from '../store/index.ts';
import type { LiveFleet } from './live-fleet.ts';
import { requireMember } from './require-member.ts';

/** What agents tell goes into the store, and what they are told comes from there: any controller may serve any host. */
export class StoreFleetBackend implements FleetBackend {
  readonly #store: Store;
  readonly #fleet: LiveFleet;

  constructor(store: Store, fleet: LiveFleet) {
    this.#store = store;
    this.#fleet = fleet;
  }

  redeemEnrolment(secretHash: string, hostId: HostId): Promise<boolean> {
    return this.#store.write('enrol a host', async (write) => {
      const admitted = await spendEnrolment(write, secretHash, hostId);
      // Whoever has a token for any host could be one that has ports. What was spent comes back with the error.
      if (admitted === 'any host' && (await hasAgent(write.db, hostId))) throw nameIsTaken(hostId);
      return admitted !== null;
    });
  }

  requireMember(host: CertifiedHost): Promise<void> {
    return this.#store.read('read who is in the fleet', (db) => requireMember(db, host));
  }

  async connected(hostId: HostId, { version, sessionId, at, certifiedAt }: AgentIntroduction): Promise<void> {
    await this.#store.write('note that an agent is there', async (write) => {
      await requireMember(write.db, { hostId, certifiedAt });
      await putAgent(write, { hostId, id: randomUUID(), version, sessionId });
    });
    this.#fleet.heard([hostId], at);
  }

  async heard(hostIds: readonly HostId[], at: Date): Promise<void> {
    this.#fleet.heard(hostIds, at);
    await this.#store.write('note who was heard of', (write) => touchAgents(write, hostIds, at));
  }

  disconnected(hostId: HostId, sessionId: string): Promise<void> {
    return this.#store.write('note that an agent has left', async (write) => {
      if (await endAgentSession(write, hostId, sessionId)) await giveUpMigrationsTo(write, hostId);
    });
  }

  report(report: HostReport): Promise<void> {
    return this.#store.write('keep the report of a host', async (write) => {
      const { hostId } = report.observed;
      // One that was taken out of the fleet meanwhile: its session is about to end.
      const isMember = (await hasAgent(write.db, hostId)) || (await readRemoval(write.db, hostId)) === null;
      if (isMember) await putHost(write, report);
    });
  }

  desiredSince(hostId: HostId, since: number | null): Promise<DesiredUpdate> {
    return this.#store.read('read what a host shall have', async (db) => {
      // First the number, then what it stands for: what comes in between is told twice, and never not at all.
      const revision = await readRevision(db);
      // What the agent was told before a database was restored, or its host was removed, is no state to build on.
      const first = (await readRemoval(db, hostId))?.revision ?? 0;
      const isKnown = since !== null && since >= first && (await isOfThisHistory(db, since));
      const from = isKnown ? since : null;
      const rows = await listDesiredPorts(db, hostId, from);
      const areLocalPortsNew = from === null || (await readLocalPortsRevision(db, hostId)) > from;
      return {
        revision,
        from,
        // Written by `wantAttachment`, so it has the form of a DesiredPort.
        ports: rows.flatMap(({ body }) => (body === null ? [] : [JSON.parse(body) as DesiredPort])),
        removed: rows
          .filter(({ body }) => body === null)
          .map(({ attachmentId, portId }) => ({
            attachmentId: parseAttachmentId(attachmentId),
            portId: parsePortId(portId),
          })),
        localPorts: areLocalPortsNew ? await localPortsOf(db, hostId) : null,
      };
    });
  }

  outcomes(hostId: HostId, outcomes: readonly PortOutcome[]): Promise<void> {
    return this.#store.write('note what became of ports', (write) => takeOutcomes(write, hostId, outcomes));
  }

  steps(hostId: HostId, steps: StepsMessage): Promise<void> {
    return this.#store.write('keep what was done on a host', (write) => stepsTold(write, hostId, steps));
  }
}

function nameIsTaken(hostId: HostId): SriovError {
  return new SriovError(
    'ENROLMENT_REFUSED',
    `Cannot enrol host ${hostId}: there is one of this name, and the token is for any new host`,
    {
      details: { host: hostId },
      hint: `For the same machine again: \`virtfn agent token --host ${hostId}\`; for another one give --name`,
    },
  );
}
