import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Something is not what it was: look at `subject` again. */
export interface Change {
  readonly revision: number;
  readonly kind: string;
  readonly subject: string;
  readonly at: string;
  /** Whose it is, or was; null: nobody's in particular. */
  readonly projectId: string | null;
  /** Projects beside its own that were shown it before; `*`: all. Who asks for it now may find that it is shown in another way. */
  readonly hiddenFrom: readonly string[];
}

/** Number of the last write. */
export async function readRevision(db: Kysely<Schema>): Promise<number> {
  const row = await db.selectFrom('last_revision').select('revision').executeTakeFirst();
  return row?.revision ?? 0;
}

/** Changes behind a revision, in their order; of each revision all or none. */
export async function listChanges(
  db: Kysely<Schema>,
  since: number,
  most: number,
): Promise<readonly Change[]> {
  const rows = await db
    .selectFrom('change_log')
    .select(['revision', 'kind', 'subject', 'at', 'project_id as projectId', 'hidden_from'])
    .where('revision', '>', since)
    .orderBy('revision')
    .orderBy('kind')
    .orderBy('subject')
    .limit(most + 1)
    .execute();
  const changes = rows.map(
    ({ hidden_from: hidden, ...change }): Change => ({
      ...change,
      hiddenFrom: hidden === null ? [] : (JSON.parse(hidden) as readonly string[]),
    }),
  );
  if (changes.length <= most) return changes;
  const cut = changes.at(-1)?.revision;
  const whole = changes.filter(({ revision }) => revision !== cut);
  // One write that changed more than is asked for: all of it, or the reader would never get on.
  return whole.length > 0 ? whole : listChanges(db, since, 2 * most);
}
