import type { Kysely } from 'kysely';
import { prepared } from './prepared.ts';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** Counts up or, with a negative amount, down; a counter that was never touched is 0. @returns what it says now */
export async function count(write: Write, space: string, key: string, amount: number): Promise<number> {
  const [counter] = await COUNT(write.db, [{ space, key, used: amount }]);
  return counter?.used ?? amount;
}

const COUNT = prepared((db, rows: readonly Schema['counter'][]) =>
  db
    .insertInto('counter')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['space', 'key'])
        .doUpdateSet((column) => ({ used: column('counter.used', '+', column.ref('excluded.used')) })),
    )
    .returning('used'),
);

export async function readCounter(db: Kysely<Schema>, space: string, key: string): Promise<number> {
  const row = await db
    .selectFrom('counter')
    .select('used')
    .where('space', '=', space)
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.used ?? 0;
}
