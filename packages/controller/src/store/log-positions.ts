import type { Kysely } from 'kysely';
import { readRevision } from './changes.ts';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/**
 * `audited`: requests up to this write are in the audit log. `forgotten`: changes up to this write are no longer in the
 * log of changes. `restored`: numbers of writes below this one may be another history's, which ended when the database was
 * restored.
 */
type PositionName = 'audited' | 'forgotten' | 'restored';

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

/**
 * Begins the history of a database that was restored: it goes on from its copy, and must not use again a number that
 * somebody was told of a write which is in the copy no more.
 *
 * @param above a number that no write has had before
 */
export async function beginHistory(write: Write, above: number): Promise<void> {
  const revision = Math.max(above, write.revision);
  await write.db.updateTable('last_revision').set({ revision }).execute();
  await putLogPosition(write, 'restored', revision);
}

/** Whether a revision, as somebody was told it, is of the history that this database has. */
export async function isOfThisHistory(db: Kysely<Schema>, revision: number): Promise<boolean> {
  return revision <= (await readRevision(db)) && revision >= (await readLogPosition(db, 'restored'));
}
