import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** To which projects objects of a kind are shown beside their own, by id; `*`: to all. */
export async function readAudiences(
  db: Kysely<Schema>,
  kind: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await db
    .selectFrom('object_visibility')
    .select(['id', 'project'])
    .where('kind', '=', kind)
    .where('id', 'in', ids)
    .execute();
  const groups = Map.groupBy(rows, ({ id }) => id);
  return new Map([...groups].map(([id, group]) => [id, new Set(group.map(({ project }) => project))]));
}
