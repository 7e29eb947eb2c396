import { putLogPosition, readLogPosition } from './log-positions.ts';
import type { Write } from './write-queue.ts';

/** What a log keeps: nothing older, and no more. */
export interface Retention {
  readonly before: Date;
  readonly most: number;
}

/** In parts: each holds up all other writes for some milliseconds only. */
const MOST_AT_ONCE = 2000;

/** Forgets entries of the audit log, the oldest first. @returns whether there are more to forget */
export async function pruneSteps(write: Write, { before, most }: Retention): Promise<boolean> {
  const newest = await write.db
    .selectFrom('step')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return false;
  const oldest = await write.db
    .selectFrom('step')
    .select(['id', 'at'])
    // The next entry counts on from the newest one.
    .where('id', '<', newest.id)
    .orderBy('id')
    .limit(MOST_AT_ONCE)
    .execute();
  const time = before.toISOString();
  const last = oldest.findLast(({ id, at }) => id <= newest.id - most || at < time);
  if (last === undefined) return false;
  await write.db.deleteFrom('step').where('id', '<=', last.id).execute();
  return last === oldest.at(-1) && oldest.length === MOST_AT_ONCE;
}

/**
 * Forgets changes, the oldest first, and that they are forgotten is known from then on: who follows from before that has
 * to look at everything anew. What is not in the audit log yet stays.
 *
 * @param retention `most` counts writes
 * @returns whether there are more to forget
 */
export async function pruneChanges(write: Write, { before, most }: Retention): Promise<boolean> {
  const audited = await readLogPosition(write.db, 'audited');
  const oldest = await write.db
    .selectFrom('change_log')
    .select(['revision', 'at'])
    .where('revision', '<=', audited)
    .orderBy('revision')
    .limit(MOST_AT_ONCE)
    .execute();
  const time = before.toISOString();
  const last = oldest.findLast(({ revision, at }) => revision <= write.revision - most || at < time);
  if (last === undefined) return false;
  await write.db.deleteFrom('change_log').where('revision', '<=', last.revision).execute();
  await putLogPosition(write, 'forgotten', last.revision);
  return last === oldest.at(-1) && oldest.length === MOST_AT_ONCE;
}
