import { SriovError } from '@virtfn/model';
import type { Selectable } from 'kysely';
import { parseRole, type StoredToken, type TokenTable } from '../auth/index.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';
import type { Write } from './write-queue.ts';

/** What the log calls a token that came or went. */
export const TOKEN_CHANGE = 'token';

/** The tokens that the store keeps. */
export function tokenTable(store: Store): TokenTable {
  return {
    create: (token) => store.write('keep a token', (write) => putToken(write, token)),
    find: (hash) =>
      store.read('find a token', async (db) => {
        const row = await db.selectFrom('token').selectAll().where('hash', '=', hash).executeTakeFirst();
        return row === undefined ? null : tokenOfRow(row);
      }),
    list: () =>
      store.read('list the tokens', async (db) => {
        const rows = await db.selectFrom('token').selectAll().orderBy('name').execute();
        return rows.map(tokenOfRow);
      }),
    revoke: (name) => store.write('revoke a token', (write) => dropToken(write, name)),
    markUsed: (tokenId, at) =>
      store.write('note the use of a token', async ({ db }) => {
        await db
          .updateTable('token')
          .set({ last_used_at: at.toISOString() })
          .where('id', '=', tokenId)
          .execute();
      }),
  };
}

/** Keeps a token. @throws {SriovError} DESIRED_CONFLICT when there is one of this name */
export async function putToken({ db, changed }: Write, token: StoredToken): Promise<void> {
  const row = await db
    .insertInto('token')
    .values(rowOfToken(token))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined)
    throw new SriovError('DESIRED_CONFLICT', `Cannot make token "${token.name}": there is one of this name`, {
      hint: 'Revoke it first, or choose another name',
    });
  changed(TOKEN_CHANGE, token.name);
}

/** Forgets a token. @throws {SriovError} OBJECT_UNKNOWN when there is none of this name */
export async function dropToken({ db, changed }: Write, name: string): Promise<void> {
  const row = await db.deleteFrom('token').where('name', '=', name).returning('id').executeTakeFirst();
  if (row === undefined)
    throw new SriovError(
      'OBJECT_UNKNOWN',
      `Cannot revoke token "${name.slice(0, 64)}": there is none of this name`,
      { hint: '`virtfn token list` shows all of them' },
    );
  changed(TOKEN_CHANGE, name);
}

type TokenRow = Selectable<Schema['token']>;

function rowOfToken(token: StoredToken): TokenRow {
  return {
    id: token.tokenId,
    name: token.name,
    hash: token.hash,
    role: token.role,
    project_id: token.projectId,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt?.toISOString() ?? null,
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
  };
}

function tokenOfRow(row: TokenRow): StoredToken {
  const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));
  return {
    tokenId: row.id,
    name: row.name,
    hash: row.hash,
    role: parseRole(row.role),
    projectId: row.project_id,
    createdAt: new Date(row.created_at),
    expiresAt: dateOf(row.expires_at),
    lastUsedAt: dateOf(row.last_used_at),
  };
}
