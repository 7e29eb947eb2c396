import { nextTurn } from '@virtfn/contract/inventory';
import type { Store } from './store.ts';

const MOST_IN_PAGE = 500;

/**
 * Bodies of all objects of a kind, in the order of ids, a page at a time: between two of them others have their turn, because
 * SQLite answers at once and would never leave them one. An object that comes or goes meanwhile may be among them or not.
 *
 * @throws {SriovError} STORE_FAILED
 */
export async function* pagesOfObjects(store: Store, kind: string): AsyncGenerator<readonly string[]> {
  let after = '';
  for (;;) {
    const rows = await store.read(`read all objects of kind ${kind}`, (db) =>
      db
        .selectFrom('object')
        .select(['id', 'body'])
        .where('kind', '=', kind)
        .where('id', '>', after)
        .orderBy('id')
        .limit(MOST_IN_PAGE)
        .execute(),
    );
    yield rows.map(({ body }) => body);
    if (rows.length < MOST_IN_PAGE) return;
    after = rows.at(-1)?.id ?? after;
    await nextTurn();
  }
}
