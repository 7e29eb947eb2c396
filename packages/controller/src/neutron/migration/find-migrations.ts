import { SriovError } from '@virtfn/model';
import type { Kysely } from 'kysely';
import { listObjects, type ObjectQuery, type Schema } from '../../store/index.ts';
import { MIGRATION_KIND, type MigrationDocument } from '../documents/index.ts';
import { findDocument } from '../framework/index.ts';

/** Migrations in the order of their ids: found by `host` and `state`, behind an id, at most so many. */
export async function findMigrations(
  db: Kysely<Schema>,
  query: Pick<ObjectQuery, 'where' | 'after' | 'limit'>,
): Promise<readonly MigrationDocument[]> {
  const bodies = await listObjects(db, {
    kind: MIGRATION_KIND.name,
    visibleTo: null,
    order: 'asc',
    ...query,
  });
  // Written as documents of this kind, so they have its form.
  return bodies.map((body) => JSON.parse(body) as MigrationDocument);
}

/** @throws {SriovError} OBJECT_UNKNOWN */
export async function getMigration(db: Kysely<Schema>, id: string): Promise<MigrationDocument> {
  const migration = await findDocument<MigrationDocument>(db, MIGRATION_KIND, id);
  if (migration !== undefined) return migration;
  throw new SriovError('OBJECT_UNKNOWN', `Cannot find migration "${id.slice(0, 64)}": there is none`, {
    hint: '`virtfn migration list` shows those that there are',
  });
}
