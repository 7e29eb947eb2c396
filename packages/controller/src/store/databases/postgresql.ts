import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import { Client, DatabaseError, Pool, types } from 'pg';
import type { Schema } from '../schema.ts';
import { type Database, DatabaseFailure } from './database.ts';

const CHANNEL = 'virtfn_change';
const LISTEN_AGAIN_MS = 1000;

// Revisions and counts stay far below 2^53, where JavaScript counts exactly; pg would give them as text.
types.setTypeParser(types.builtins.INT8, Number);

/**
 * Opens a PostgreSQL database by its URL. A controller that stops in the middle of a transaction holds all others up, so
 * the server ends such a transaction after 10 seconds.
 */
export function openPostgresql(url: string): Database {
  const limits = { connectionTimeoutMillis: 5000, statement_timeout: 30_000, lock_timeout: 15_000 };
  const writers = new Pool({
    connectionString: url,
    max: 1,
    ...limits,
    idle_in_transaction_session_timeout: 10_000,
  });
  const readers = new Pool({ connectionString: url, max: 8, ...limits });
  const writer = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: guardedPool(writers) }) });
  const reader = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: guardedPool(readers) }) });
  const listening = new AbortController();
  return {
    writer,
    reader,
    announce: async (transaction) => {
      await sql`select pg_notify(${CHANNEL}, '')`.execute(transaction);
    },
    listen: (listener) => void listenOn(url, listener, listening.signal),
    close: async () => {
      listening.abort();
      await reader.destroy();
      await writer.destroy();
      // Kysely opens its side with the first query; before that there is nothing for it to close.
      for (const pool of [readers, writers]) if (!pool.ended) await pool.end();
    },
  };
}

/** SQLSTATE: serialization failure, deadlock, lock not available. */
const BY_CHANCE: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);
/** SQLSTATE classes in which the server ends the connection: connection exception, operator intervention. */
const CONNECTION_CLASSES: ReadonlySet<string> = new Set(['08', '57']);

function failureOf(error: unknown): DatabaseFailure {
  const state = error instanceof DatabaseError ? error.code : undefined;
  if (state === undefined || CONNECTION_CLASSES.has(state.slice(0, 2)))
    return new DatabaseFailure(error, 'unknown');
  return new DatabaseFailure(error, BY_CHANCE.has(state) ? 'undone-by-chance' : 'undone');
}

/** The pool as Kysely knows it, with errors that say whose they are: pg has no class for a connection that broke. */
function guardedPool(pool: Pool): PostgresPool {
  // A connection that fails while nobody uses it is replaced at the next query; that query tells, if need be.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw failureOf(error);
      });
      const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
        try {
          return await client.query(text, [...values]);
        } catch (error) {
          throw failureOf(error);
        }
      };
      // Kysely's type has cursors too, which nothing here asks for.
      return { query, release: () => client.release() } as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

/** Listens until it is stopped. While the connection is lost, notices are lost too: so there is one at every new start. */
async function listenOn(url: string, listener: () => void, stop: AbortSignal): Promise<void> {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  stop.addEventListener('abort', () => resolve());
  while (!stop.aborted) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    const lost = new Promise<void>((resolveLost) => {
      client.on('error', () => resolveLost());
      client.on('end', () => resolveLost());
    });
    client.on('notification', listener);
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      listener();
      await Promise.race([lost, stopped]);
    } catch {
      // The server is away; who reads or writes is told so, here it is tried again.
    }
    await client.end().catch(() => {});
    if (!stop.aborted)
      await Promise.race([new Promise((wait) => setTimeout(wait, LISTEN_AGAIN_MS)), stopped]);
  }
}
