import type { Kysely } from 'kysely';
import { DESIRED_CHANGE } from './desired-ports.ts';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** Says that the ports on a host that are no VF's are not what they were: its agent is told all of them anew. */
export async function touchLocalPorts(write: Write, hostId: string): Promise<void> {
  const { revision } = write;
  await write.db
    .insertInto('local_port_change')
    .values({ host_id: hostId, revision })
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet({ revision }))
    .execute();
  write.changed(DESIRED_CHANGE, hostId);
}

/** Revision at which the ports on a host that are no VF's changed last; 0: they never did. */
export async function readLocalPortsRevision(db: Kysely<Schema>, hostId: string): Promise<number> {
  const row = await db
    .selectFrom('local_port_change')
    .select('revision')
    .where('host_id', '=', hostId)
    .executeTakeFirst();
  return row?.revision ?? 0;
}
