import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/**
 * `audited`: requests up to this write are in the audit log. `forgotten`: changes up to this write are no longer in the
 * log of changes.
 */
type PositionName = 'audited' | 'forgotten';

/** A revision; 0: nothing yet. */
export async function readLogPosition(db: Kysely<Schema>, name: PositionName): Promise<number> {
  const row = await db
    .selectFrom('log_position')
    .select('revision')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.revision ?? 0;
}

export async function putLogPosition(write: Write, name: PositionName, revision: number): Promise<void> {
  await write.db
    .insertInto('log_position')
    .values({ name, revision })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ revision }))
    .execute();
}
