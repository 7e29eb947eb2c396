import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A write that somebody asked for, and what it changed. */
export interface AskedWrite {
  readonly revision: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** As `Write.askedBy` was given it. */
  readonly origin: string;
  readonly subjects: readonly { readonly kind: string; readonly id: string }[];
}

/** Whether somebody asked for a write behind a revision. */
export async function hasAskedWrites(db: Kysely<Schema>, since: number): Promise<boolean> {
  const row = await db
    .selectFrom('change_log')
    .select('revision')
    .where('revision', '>', since)
    .where('origin', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Writes behind a revision that somebody asked for, in their order, as far as `upTo`. */
export async function listAskedWrites(
  db: Kysely<Schema>,
  since: number,
  mostWrites: number,
): Promise<{ readonly writes: readonly AskedWrite[]; readonly upTo: number }> {
  const asked = await db
    .selectFrom('change_log')
    .select(['revision', 'at', 'origin'])
    .where('revision', '>', since)
    .where('origin', 'is not', null)
    .orderBy('revision')
    .limit(mostWrites)
    .execute();
  const last = asked.at(-1)?.revision;
  if (last === undefined) {
    const newest = await db.selectFrom('last_revision').select('revision').executeTakeFirst();
    return { writes: [], upTo: newest?.revision ?? since };
  }
  const changes = await db
    .selectFrom('change_log')
    .select(['revision', 'kind', 'subject as id'])
    .where(
      'revision',
      'in',
      asked.map(({ revision }) => revision),
    )
    .execute();
  const subjects = Map.groupBy(changes, ({ revision }) => revision);
  const writes = asked.map(({ revision, at, origin }) => ({
    revision,
    at,
    origin: origin ?? '',
    subjects: (subjects.get(revision) ?? []).map(({ kind, id }) => ({ kind, id })),
  }));
  return { writes, upTo: last };
}
