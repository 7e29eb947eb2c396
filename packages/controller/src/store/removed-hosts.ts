import type { Kysely } from 'kysely';
import { AGENT_CHANGE } from './agents.ts';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** What followers of hosts look for among the changes: one was taken out of the fleet. */
export const REMOVAL_CHANGE = 'membership';

/** Forgets a host, with what it was still to release, that its certificate was good, and tokens that were made for it. */
export async function removeHost(write: Write, hostId: string): Promise<void> {
  for (const table of ['host', 'agent', 'desired_port', 'local_port_change', 'enrolment'] as const)
    await write.db.deleteFrom(table).where('host_id', '=', hostId).execute();
  const removed = { host_id: hostId, removed_at: write.at.toISOString(), revision: write.revision };
  await write.db
    .insertInto('removed_host')
    .values(removed)
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet(removed))
    .execute();
  for (const kind of ['host', AGENT_CHANGE, REMOVAL_CHANGE]) write.changed(kind, hostId);
}

/** That a host was taken out of the fleet. */
export interface Removal {
  readonly at: Date;
  readonly revision: number;
}

/** When a host was taken out of the fleet last; null: it never was. */
export async function readRemoval(db: Kysely<Schema>, hostId: string): Promise<Removal | null> {
  const row = await db
    .selectFrom('removed_host')
    .select(['removed_at', 'revision'])
    .where('host_id', '=', hostId)
    .executeTakeFirst();
  return row === undefined ? null : { at: new Date(row.removed_at), revision: row.revision };
}
