import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** An agent as the store knows it. */
export interface AgentRow {
  readonly hostId: string;
  /** UUID by which Neutron's API names it. */
  readonly id: string;
  readonly version: string;
  /** Whether it has a session with a controller, as far as that has told. */
  readonly isConnected: boolean;
  readonly createdAt: Date;
  readonly startedAt: Date;
  /** When it was heard of last. */
  readonly heardAt: Date;
  readonly adminStateUp: boolean;
  readonly description: string | null;
}

/** What followers of agents look for among the changes: one came, went, or was changed by an operator. */
export const AGENT_CHANGE = 'agent';

/** An agent starts a session. `id` counts the first time only. */
export async function putAgent(
  write: Write,
  agent: {
    readonly hostId: string;
    readonly id: string;
    readonly version: string;
    /** null: it lives in the controller's own process. */
    readonly sessionId: string | null;
  },
): Promise<void> {
  const now = write.at.toISOString();
  const { hostId, id, version, sessionId } = agent;
  await write.db
    .insertInto('agent')
    .values({
      host_id: hostId,
      id,
      version,
      session_id: sessionId,
      created_at: now,
      started_at: now,
      heard_at: now,
      admin_state_up: 1,
      description: null,
    })
    .onConflict((conflict) =>
      conflict
        .column('host_id')
        .doUpdateSet({ version, session_id: sessionId, started_at: now, heard_at: now }),
    )
    .execute();
  write.changed(AGENT_CHANGE, hostId);
}

/** A session has ended. @returns false: the agent has another one by now, and nothing changes */
export async function endAgentSession(write: Write, hostId: string, sessionId: string): Promise<boolean> {
  const row = await write.db
    .updateTable('agent')
    .set({ session_id: null })
    .where('host_id', '=', hostId)
    .where('session_id', '=', sessionId)
    .returning('host_id')
    .executeTakeFirst();
  if (row === undefined) return false;
  write.changed(AGENT_CHANGE, hostId);
  return true;
}

/** Agents were heard of: no change that anybody follows. */
export async function touchAgents(write: Write, hostIds: readonly string[], at: Date): Promise<void> {
  // In parts: databases take some ten thousand values in one statement.
  for (let start = 0; start < hostIds.length; start += 5000) {
    await write.db
      .updateTable('agent')
      .set({ heard_at: at.toISOString() })
      .where('host_id', 'in', hostIds.slice(start, start + 5000))
      .execute();
  }
}

/** What operators say of an agent. */
export async function changeAgent(
  write: Write,
  hostId: string,
  changes: { readonly adminStateUp?: boolean; readonly description?: string | null },
): Promise<void> {
  const { adminStateUp, description } = changes;
  await write.db
    .updateTable('agent')
    .set({
      ...(adminStateUp === undefined ? {} : { admin_state_up: adminStateUp ? 1 : 0 }),
      ...(description === undefined ? {} : { description }),
    })
    .where('host_id', '=', hostId)
    .execute();
  write.changed(AGENT_CHANGE, hostId);
}

export async function removeAgent(write: Write, hostId: string): Promise<void> {
  await write.db.deleteFrom('agent').where('host_id', '=', hostId).execute();
  write.changed(AGENT_CHANGE, hostId);
}

/** Whether the agent of a host has ever had a session, and is not forgotten. */
export async function hasAgent(db: Kysely<Schema>, hostId: string): Promise<boolean> {
  const row = await db.selectFrom('agent').select('host_id').where('host_id', '=', hostId).executeTakeFirst();
  return row !== undefined;
}

/** All agents by host. */
export async function listAgents(db: Kysely<Schema>): Promise<readonly AgentRow[]> {
  const rows = await db.selectFrom('agent').selectAll().orderBy('host_id').execute();
  return rows.map((row) => ({
    hostId: row.host_id,
    id: row.id,
    version: row.version,
    isConnected: row.session_id !== null,
    createdAt: new Date(row.created_at),
    startedAt: new Date(row.started_at),
    heardAt: new Date(row.heard_at),
    adminStateUp: row.admin_state_up !== 0,
    description: row.description,
  }));
}
