import type { Write } from './write-queue.ts';

const ONLY_ROW = 1;

/**
 * Makes an authority that of the fleet if it has none, or if it shall be replaced.
 *
 * @param fingerprint SHA-256 of its certificate, hexadecimal
 * @returns whether it is the fleet's; false: another one is, and nothing changes
 */
export async function adoptAuthority({ db }: Write, fingerprint: string, replace: boolean): Promise<boolean> {
  const row = await db.selectFrom('fleet_authority').select('fingerprint').executeTakeFirst();
  if (row?.fingerprint === fingerprint) return true;
  if (row !== undefined && !replace) return false;
  await db
    .insertInto('fleet_authority')
    .values({ only_row: ONLY_ROW, fingerprint })
    .onConflict((conflict) => conflict.column('only_row').doUpdateSet({ fingerprint }))
    .execute();
  return true;
}
