import type { Kysely } from 'kysely';
import { prepared } from './prepared.ts';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** Takes what one owner may have at a time. False: somebody has it. */
export async function takeClaim(write: Write, space: string, key: string, owner: string): Promise<boolean> {
  return (await TAKE(write.db, [{ space, key, owner }])).length > 0;
}

const TAKE = prepared((db, rows: readonly Schema['claim'][]) =>
  db
    .insertInto('claim')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning('key'),
);

/** Gives back what this owner has; what has changed hands meanwhile is left alone. */
export async function releaseClaim(write: Write, space: string, key: string, owner: string): Promise<void> {
  await RELEASE(write.db, [{ space, key, owner }]);
}

const RELEASE = prepared((db, [row]: readonly Schema['claim'][]) =>
  db
    .deleteFrom('claim')
    .where('space', '=', row?.space ?? '')
    .where('key', '=', row?.key ?? '')
    .where('owner', '=', row?.owner ?? ''),
);

/** Who has it, or undefined. */
export async function findClaimOwner(
  db: Kysely<Schema>,
  space: string,
  key: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('claim')
    .select('owner')
    .where('space', '=', space)
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.owner;
}

/** How much is taken of each space; of those that are missing, nothing. */
export async function countClaims(
  db: Kysely<Schema>,
  spaces: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  // In parts: databases take some ten thousand values in one statement.
  for (let start = 0; start < spaces.length; start += 5000) {
    const rows = await db
      .selectFrom('claim')
      .select((select) => ['space', select.fn.countAll<number>().as('taken')])
      .where('space', 'in', spaces.slice(start, start + 5000))
      .groupBy('space')
      .execute();
    for (const { space, taken } of rows) counts.set(space, taken);
  }
  return counts;
}

/** Everything taken of a space, in the order of keys. */
export function listClaims(
  db: Kysely<Schema>,
  space: string,
): Promise<readonly { readonly key: string; readonly owner: string }[]> {
  return db.selectFrom('claim').select(['key', 'owner']).where('space', '=', space).orderBy('key').execute();
}

/** Everything taken of the spaces whose names begin so, in the order of spaces and keys. */
export function listClaimsBelow(
  db: Kysely<Schema>,
  query: {
    readonly prefix: string;
    /** Of this space only; null: of all of them. */
    readonly space: string | null;
    /** Only keys that begin so. */
    readonly keyPrefix: string;
    readonly after: { readonly space: string; readonly key: string } | null;
    readonly limit: number;
  },
): Promise<readonly { readonly space: string; readonly key: string; readonly owner: string }[]> {
  const { prefix, space, keyPrefix, after, limit } = query;
  let select = db
    .selectFrom('claim')
    .select(['space', 'key', 'owner'])
    .where('space', '>=', prefix)
    .where('space', '<', endOfPrefix(prefix))
    .orderBy('space')
    .orderBy('key')
    .limit(limit);
  if (space !== null) select = select.where('space', '=', space);
  if (keyPrefix !== '')
    select = select.where('key', '>=', keyPrefix).where('key', '<', endOfPrefix(keyPrefix));
  if (after !== null) {
    select = select.where((any) =>
      any.or([
        any('space', '>', after.space),
        any.and([any('space', '=', after.space), any('key', '>', after.key)]),
      ]),
    );
  }
  return select.execute();
}

/** The first text behind all that begin so. */
function endOfPrefix(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}
